import { FORGOTTEN_ADDRESS, type PostalAddress } from '#shared-kernel/address';
import type { CustomerId, OrderId } from '#shared-kernel/ids';
import { add, type Money, payable } from '#shared-kernel/money';
import { OrderNotCancellable } from './errors.ts';
import type { OrderLine } from './order-line.ts';
import { subtotalOf } from './pricing.ts';

export type OrderStatus = 'placed' | 'confirmed' | 'shipped' | 'completed' | 'cancelled';

export interface Order {
  readonly id: OrderId;
  readonly customerId: CustomerId;
  readonly status: OrderStatus;
  /** Why it was cancelled, or why somebody wants it to be. */
  readonly reason: string | null;
  /** Asked for, not yet decided. */
  readonly cancellationRequested: boolean;
  readonly lines: readonly OrderLine[];
  readonly subtotal: Money;
  readonly tax: Money;
  readonly freight: Money;
  readonly total: Money;
  readonly shipTo: PostalAddress;
  readonly billTo: PostalAddress;
  readonly placedAt: Date;
}

export type NewOrder = Pick<
  Order,
  'id' | 'customerId' | 'lines' | 'tax' | 'freight' | 'shipTo' | 'billTo' | 'placedAt'
>;

/** An order as it begins; what is to be paid is rounded once, to the currency's minor unit. */
export function beginOrder(order: NewOrder): Order {
  const subtotal = subtotalOf(order.lines);
  const total = payable(add(add(subtotal, order.tax), order.freight));
  return { ...order, status: 'placed', reason: null, cancellationRequested: false, subtotal, total };
}

const isOpen = ({ status }: Order) => status === 'placed' || status === 'confirmed';

/** @throws {OrderNotCancellable} once it is on its way, or over */
export function requestCancellation(order: Order, reason: string): Order {
  if (!isOpen(order)) throw new OrderNotCancellable(order.id, order.status);
  return order.cancellationRequested ? order : { ...order, cancellationRequested: true, reason };
}

export const isOver = ({ status }: Order) => status === 'completed' || status === 'cancelled';

/** The order without anything that names a person. */
export const forgetPerson = (order: Order): Order => ({
  ...order,
  shipTo: FORGOTTEN_ADDRESS,
  billTo: FORGOTTEN_ADDRESS,
});

export const withdrawCancellation = (order: Order): Order => ({ ...order, cancellationRequested: false, reason: null });

export const confirm = (order: Order): Order => ({ ...order, status: 'confirmed' });

export const ship = (order: Order): Order => ({
  ...order,
  status: 'shipped',
  cancellationRequested: false,
  reason: null,
});

export const complete = (order: Order): Order => ({ ...order, status: 'completed' });

export const cancel = (order: Order, reason: string): Order => ({
  ...order,
  status: 'cancelled',
  cancellationRequested: false,
  reason,
});
