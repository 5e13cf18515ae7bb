import { OrderCancelled, OrderCompleted, OrderConfirmed, OrderTimeLimitReached } from '#events/checkout';
import type { OrderId } from '#shared-kernel/ids';
import { cancel, complete, confirm, forgetPerson, type Order, ship, withdrawCancellation } from '../domain/order.ts';
import { DISPATCH_LIMIT } from '../domain/time-limits.ts';
import type { CheckoutScope } from '../ports.ts';

/** Stock and payment are certain: the order will be delivered, and must be on its way within the time limit. */
export async function confirmOrder(scope: CheckoutScope, order: Order): Promise<void> {
  const { orders, publish } = scope;
  await orders.save(confirm(order));
  const { id: orderId, customerId, total } = order;
  const lines = order.lines.map(({ name, quantity }) => ({ name, quantity }));
  publish(OrderConfirmed({ orderId, customerId, lines, total }));
  limitDispatch(scope, orderId);
}

/** The last parcel of an order is on its way. */
export async function shipOrder({ orders, schedule }: CheckoutScope, order: Order): Promise<void> {
  await orders.save(ship(order));
  schedule.cancel(`order ${order.id}`);
}

/** The last parcel of an order arrived. */
export async function completeOrder(scope: CheckoutScope, order: Order): Promise<void> {
  await closeOrder(scope, complete(order));
  scope.publish(OrderCompleted({ orderId: order.id, customerId: order.customerId }));
}

/** The order is over; others undo what they did for it. */
export async function abandonOrder(scope: CheckoutScope, order: Order, reason: string): Promise<void> {
  const { publish, schedule } = scope;
  await closeOrder(scope, cancel(order, reason));
  publish(OrderCancelled({ orderId: order.id, customerId: order.customerId, reason }));
  schedule.cancel(`order ${order.id}`);
}

/** It was too late to cancel: the rest of the order must be on its way within the time limit. */
export async function continueOrder(scope: CheckoutScope, order: Order): Promise<void> {
  await scope.orders.save(withdrawCancellation(order));
  if (order.status === 'confirmed') limitDispatch(scope, order.id);
}

/** Somebody who was erased while their order was open is forgotten when it ends. */
async function closeOrder({ orders, customers }: CheckoutScope, order: Order): Promise<void> {
  const isErased = (await customers.find(order.customerId)) === undefined;
  await orders.save(isErased ? forgetPerson(order) : order);
}

function limitDispatch({ schedule }: CheckoutScope, orderId: OrderId): void {
  schedule.after(DISPATCH_LIMIT, `order ${orderId}`, OrderTimeLimitReached({ orderId, awaiting: 'dispatch' }));
}
