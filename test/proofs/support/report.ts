import { MONEY_SCALE } from '#shared-kernel/money';
import { type Balance, holds, type Unit } from './account.ts';

/** What a proof measured, by name, as text. */
export type Figures = Readonly<Record<string, string | number>>;

const MOST_SHOWN = 5;

/** The figures, the balances as a table, and what is wrong, entry by entry. */
export function report(figures: Figures, balances: readonly Balance[]): string {
  const rows = balances.map((each) => [
    holds(each) ? '✓' : '✗',
    each.name,
    show(each.expected, each.unit),
    show(each.actual, each.unit),
    holds(each) ? '' : `${each.differences.length} differ`,
  ]);
  return [
    ...table(Object.entries(figures).map(([name, figure]) => ['', name, String(figure)])),
    '',
    ...table([['', 'balance', 'should be', 'is', ''], ...rows]),
    ...balances.filter((each) => !holds(each)).flatMap(explain),
    '',
  ].join('\n');
}

/** 0 when all balances hold, 1 when one does not. */
export const exitCodeOf = (balances: readonly Balance[]): 0 | 1 => (balances.every(holds) ? 0 : 1);

/** What is wrong with a balance, entry by entry. */
export function explain({ name, differences, unit }: Balance): string[] {
  const shown = differences
    .slice(0, MOST_SHOWN)
    .map(({ entry, expected, actual }) => `    ${entry}: should be ${show(expected, unit)}, is ${show(actual, unit)}`);
  const more = differences.length - shown.length;
  return ['', `  ✗ ${name}`, ...shown, ...(more > 0 ? [`    … and ${more} more`] : [])];
}

function show(amount: bigint, unit: Unit): string {
  if (unit === 'pieces') return amount.toLocaleString('en');
  const sign = amount < 0n ? '-' : '';
  const digits = (amount < 0n ? -amount : amount).toString().padStart(MONEY_SCALE + 1, '0');
  return `${sign}${BigInt(digits.slice(0, -MONEY_SCALE)).toLocaleString('en')}.${digits.slice(-MONEY_SCALE)}`;
}

/** The first two columns to the left, the others to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, at) => Math.max(widest[at] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, at) => (at < 2 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
      .join('  ')
      .trimEnd(),
  );
}
