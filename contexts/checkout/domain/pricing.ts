import { type Decimal, decimal, plus, times, ZERO } from '#shared-kernel/decimal';
import { paidShare } from '#shared-kernel/discount';
import { exactly, type Money, toMoney } from '#shared-kernel/money';
import type { TaxClass } from '#shared-kernel/product';
import type { OrderLine } from './order-line.ts';

type Priced = Pick<OrderLine, 'quantity' | 'unitPrice' | 'discount'>;

/** Quantity × unit price × (1 − discount), exactly: a line is never rounded. */
export const lineAmount = ({ quantity, unitPrice, discount }: Priced): Decimal =>
  times(times(exactly(unitPrice), decimal(BigInt(quantity), 0)), paidShare(discount));

/** The sum of the lines, rounded once, to four decimals. */
export const subtotalOf = (lines: readonly Priced[]): Money =>
  toMoney(lines.map(lineAmount).reduce(plus, ZERO), lines[0]!.unitPrice.currency);

/** Tax on what this company sells, per class, in ten-thousandths. Your rates go here. */
const TAX_RATES: Readonly<Record<TaxClass, Decimal>> = {
  standard: decimal(800n, 4),
  reduced: decimal(400n, 4),
  exempt: decimal(0n, 4),
};

/** The tax of an order that is placed here, rounded once, to four decimals. */
export const taxOf = (lines: readonly (Priced & Pick<OrderLine, 'taxClass'>)[]): Money =>
  toMoney(
    lines.map((line) => times(lineAmount(line), TAX_RATES[line.taxClass])).reduce(plus, ZERO),
    lines[0]!.unitPrice.currency,
  );
