import { OrderCancelled } from '#events/checkout';
import { CustomerId, newId, OrderId, ProductId } from '#shared-kernel/ids';
import { moneyOf } from '#shared-kernel/money';
import { shipTo } from '../../support/address.ts';

export const dollars = (amount: string) => moneyOf(amount, 'USD');

export const line = (unitPrice: string, more: object = {}) => ({
  productId: newId(ProductId),
  sku: 'ROADSTER',
  name: 'Roadster',
  quantity: 1,
  unitPrice: dollars(unitPrice),
  discount: '0',
  taxClass: 'standard' as const,
  ...more,
});

/** An order as checkout places it. */
export const placed = (paymentToken = 'tok_approve', more: object = {}) => ({
  orderId: newId(OrderId),
  customerId: newId(CustomerId),
  lines: [line('19.9950', { quantity: 3 })],
  subtotal: dollars('59.985'),
  tax: dollars('4.7988'),
  freight: dollars('0'),
  total: dollars('64.78'),
  shipTo,
  billTo: shipTo,
  paymentToken,
  ...more,
});

export type Placed = ReturnType<typeof placed>;

export const cancelled = ({ orderId, customerId }: Placed, reason = 'too dear') =>
  OrderCancelled({ orderId, customerId, reason });

/** All orders in which three facts can come. */
export const PERMUTATIONS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;
