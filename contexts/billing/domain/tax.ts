import { decimal, times } from '#shared-kernel/decimal';
import { paidShare } from '#shared-kernel/discount';
import { allocate, exactly, type Money } from '#shared-kernel/money';
import type { LineToBill } from './billable-order.ts';

/** An order's tax, shared out to its taxed lines by their amounts; the shares add up to it exactly. */
export function shareTax(tax: Money, lines: readonly LineToBill[]): Money[] {
  const amounts = lines.map(amountOf);
  const taxed = lines.map(({ taxClass }, at) => (taxClass === 'exempt' ? 0n : amounts[at]!));
  return allocate(tax, taxed.some((amount) => amount > 0n) ? taxed : amounts);
}

/** Quantity × unit price × (1 − discount), exactly, in hundred-millionths. */
const amountOf = ({ quantity, unitPrice, discount }: LineToBill): bigint =>
  times(times(exactly(unitPrice), decimal(BigInt(quantity), 0)), paidShare(discount)).value;
