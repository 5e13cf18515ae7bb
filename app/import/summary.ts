import { formatAmount, isSame, type Money } from '#shared-kernel/money';
import type { Finding, Tally } from './findings.ts';
import type { OpeningStock } from './run.ts';
import type { OrderTotals } from './totals/order-totals.ts';
import type { StockTotals } from './totals/stock-totals.ts';

/** What came of an import. */
export interface Summary {
  readonly folder: string;
  readonly openingStock: OpeningStock;
  /** False when it was stopped before its end; it goes on at the next start. */
  readonly isComplete: boolean;
  readonly tallies: ReadonlyMap<string, Tally>;
  readonly rejections: readonly Finding[];
  readonly warnings: readonly Finding[];
  /** Of an import that came to its end. */
  readonly totals: Totals | undefined;
  readonly milliseconds: number;
}

export interface Totals {
  readonly orders: OrderTotals;
  readonly stock: StockTotals;
  /** What all readable orders come to, those included that were not taken over. */
  readonly subtotalInFiles: Money;
}

/** One thing that must be equal, counted in two ways. */
export interface Check {
  readonly name: string;
  readonly expected: string;
  readonly actual: string;
  readonly holds: boolean;
  /** The first few places where it does not hold. */
  readonly differences: readonly string[];
}

/** What a sceptic would count again. */
export const checksOf = ({ tallies, totals }: Summary): readonly Check[] => [
  none(
    'rows unaccounted for',
    [...tallies].filter(([, tally]) => !addsUp(tally)).map(([kind]) => kind),
  ),
  ...(totals ? checksOfTotals(totals) : []),
];

function checksOfTotals({ orders, stock }: Totals): Check[] {
  const { subtotal, payable, captured, refunded, invoiced, owed } = orders;
  return [
    same('subtotals: files, here', subtotal.files, subtotal.here),
    same('payable: files, rounded once each; here', payable.files, payable.here),
    none('orders that come to something else here', orders.different),
    none('orders that are neither cancelled nor as far as in the files', orders.unfinished),
    same('captured = invoiced', invoiced, captured),
    same('captured − refunded = owed', owed, { ...captured, amount: captured.amount - refunded.amount }),
    none('places where opening + received − shipped ≠ on hand', stock.different),
    none('places where what is reserved does not wait to leave', stock.reservedAmiss),
    none('orders without their one confirmation mail', orders.unconfirmed),
  ];
}

export const addsUp = ({ read, imported, alreadyThere, lookedUp, leftOut, rejected }: Tally): boolean =>
  read === imported + alreadyThere + lookedUp + leftOut + rejected;

const same = (name: string, expected: Money, actual: Money): Check => ({
  name,
  expected: formatAmount(expected),
  actual: formatAmount(actual),
  holds: isSame(expected, actual),
  differences: [],
});

const none = (name: string, found: readonly string[]): Check => ({
  name,
  expected: '0',
  actual: found.length.toString(),
  holds: found.length === 0,
  differences: found.slice(0, 5),
});

/** 1 where a line was rejected, or something does not add up. */
export const exitCodeOf = (summary: Summary): 0 | 1 =>
  summary.rejections.length === 0 && checksOf(summary).every(({ holds }) => holds) ? 0 : 1;
