import { formatAmount, type Money } from '#shared-kernel/money';
import type { Finding, Tally } from './findings.ts';
import { type Check, checksOf, exitCodeOf, type Summary } from './summary.ts';
import type { OrderTotals } from './totals/order-totals.ts';

/** Where the findings lie. */
export interface FindingsFiles {
  readonly rejects: string | null;
  readonly warnings: string | null;
}

const MOST_SHOWN = 10;

/** What came of an import, for people. */
export function renderSummary(summary: Summary, files: FindingsFiles): string {
  const { rejections, warnings, totals, milliseconds } = summary;
  return [
    '',
    ...renderTallies(summary.tallies),
    '',
    ...(totals ? renderOrders(totals.orders) : []),
    ...table(checksOf(summary).map(toRow), ['left', 'left', 'right', 'right']),
    ...checksOf(summary).flatMap(renderDifferences),
    ...renderFindings('rejected', rejections, files.rejects),
    ...renderFindings('warnings', warnings, files.warnings),
    '',
    `${summary.isComplete ? 'done' : 'stopped before the end; start it again, and it goes on'}, ${(milliseconds / 1000).toFixed(1)} s`,
    '',
  ].join('\n');
}

function renderTallies(tallies: Summary['tallies']): string[] {
  const header = ['', 'file', 'read', 'imported', 'there already', 'looked up', 'left out', 'rejected', 'warned'];
  const rows = [...tallies].map(([kind, tally]) => [kind, tally.file, ...countsOf(tally).map(thousands)]);
  return table([header, ...rows], ['left', 'left']);
}

const countsOf = ({ read, imported, alreadyThere, lookedUp, leftOut, rejected, warned }: Tally) => [
  read,
  imported,
  alreadyThere,
  lookedUp,
  leftOut,
  rejected,
  warned,
];

function renderOrders({ byStatus, cancelled, mails }: OrderTotals): string[] {
  const statuses = Object.entries(byStatus).map(([status, count]) => `${thousands(count)} ${status}`);
  const letters = Object.entries(mails).map(([template, { sent, waiting, failed }]) =>
    [
      `${thousands(sent)} ${template}`,
      ...(waiting ? [`(${waiting} waiting)`] : []),
      ...(failed ? [`(${failed} failed)`] : []),
    ].join(' '),
  );
  return [
    `orders  ${statuses.join(', ')}`,
    `mails   ${letters.join(', ')}`,
    ...cancelled.slice(0, MOST_SHOWN).map(({ order, reason }) => `  order ${order} was cancelled: ${reason}`),
    ...(cancelled.length > MOST_SHOWN ? [`  … and ${thousands(cancelled.length - MOST_SHOWN)} more`] : []),
    '',
  ];
}

const toRow = ({ holds, name, expected, actual }: Check) => [
  holds ? '✓' : '✗',
  name,
  grouped(expected),
  grouped(actual),
];

const renderDifferences = ({ holds, differences }: Check) => (holds ? [] : differences.map((each) => `    ✗ ${each}`));

function renderFindings(what: string, findings: readonly Finding[], file: string | null): string[] {
  if (file === null) return [];
  const more = findings.length - MOST_SHOWN;
  return [
    '',
    `${what}: ${thousands(findings.length)}, all of them in ${file}`,
    ...findings.slice(0, MOST_SHOWN).map((finding) => `  ${describe(finding)}`),
    ...(more > 0 ? [`  … and ${thousands(more)} more`] : []),
  ];
}

const describe = ({ file, line, field, value, reason }: Finding) =>
  `${file}:${line}${field && `  ${field}`}${value === undefined ? '' : ` ${JSON.stringify(value)}`}  ${reason}`;

/** The same, for programs. */
export function toJson(summary: Summary, files: FindingsFiles): string {
  const { folder, openingStock, isComplete, tallies, rejections, warnings, totals, milliseconds } = summary;
  const checks = checksOf(summary);
  return `${JSON.stringify(
    {
      folder,
      openingStock,
      isComplete,
      exitCode: exitCodeOf(summary),
      elapsedMs: milliseconds,
      rows: Object.fromEntries(tallies),
      ...(totals && { subtotalInFiles: totals.subtotalInFiles, orders: totals.orders, stock: totals.stock }),
      checks,
      rejections: { count: rejections.length, file: files.rejects, items: rejections },
      warnings: { count: warnings.length, file: files.warnings, items: warnings },
    },
    (_key, value: unknown) => (isMoney(value) ? formatAmount(value) : value),
    2,
  )}\n`;
}

const isMoney = (value: unknown): value is Money =>
  typeof value === 'object' && value !== null && 'amount' in value && typeof value.amount === 'bigint';

const thousands = (count: number) => count.toLocaleString('en');

/** `8617431.9075` as `8,617,431.9075`. */
const grouped = (amount: string) => amount.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',');

function table(rows: readonly (readonly string[])[], sides: readonly ('left' | 'right')[]): string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, at) => Math.max(widest[at] ?? 0, cell.length)),
    [],
  );
  const pad = (cell: string, at: number) =>
    sides[at] === 'left' ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!);
  return rows.map((row) => row.map(pad).join('  ').trimEnd());
}
