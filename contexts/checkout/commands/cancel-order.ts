import { z } from 'zod';
import { OrderCancellationRequested } from '#events/checkout';
import { OrderId } from '#shared-kernel/ids';
import { text } from '#shared-kernel/text';
import { requestCancellation } from '../domain/order.ts';
import type { CheckoutScope } from '../ports.ts';

export const CancelOrder = z.strictObject({
  orderId: OrderId,
  reason: text(200).default('cancelled by the customer'),
});
export type CancelOrder = z.output<typeof CancelOrder>;

/**
 * Asks for an order to be undone; fulfillment decides. Asking twice is asking once.
 * @throws {OrderNotFound} {@link OrderNotCancellable}
 */
export async function cancelOrder({ orders, publish }: CheckoutScope, { orderId, reason }: CancelOrder): Promise<void> {
  const order = await orders.get(orderId);
  const requested = requestCancellation(order, reason);
  if (requested === order) return;
  await orders.save(requested);
  publish(OrderCancellationRequested({ orderId, reason }));
}
