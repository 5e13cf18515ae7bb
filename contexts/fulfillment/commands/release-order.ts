import { OrderReleased, OrderReleaseRefused } from '#events/fulfillment';
import type { OrderId } from '#shared-kernel/ids';
import { hasLeft, heldBy, releaseAll, tombstone } from '../domain/reservation.ts';
import { release } from '../domain/stock.ts';
import type { FulfillmentScope } from '../ports.ts';
import { changeStock } from './change-stock.ts';

/** Answers whether an order can still be cancelled; if so, nothing is held for it any more, nor ever will be. */
export async function answerCancellationRequest(scope: FulfillmentScope, orderId: OrderId): Promise<void> {
  const outcome = await releaseOrder(scope, orderId);
  if (outcome === 'released') scope.publish(OrderReleased({ orderId }));
  if (outcome === 'too late') scope.publish(OrderReleaseRefused({ orderId }));
}

/** The order is over elsewhere: what is still held for it is released, what has left has left. */
export async function releaseCancelled(scope: FulfillmentScope, orderId: OrderId): Promise<void> {
  const [reservation] = await scope.reservations.lock([orderId]);
  if (reservation?.status !== 'rejected') await releaseOrder(scope, orderId);
}

async function releaseOrder(
  scope: FulfillmentScope,
  orderId: OrderId,
): Promise<'released' | 'released before' | 'too late'> {
  const [reservation = tombstone(orderId, 'awaited')] = await scope.reservations.lock([orderId]);
  if (reservation.status === 'released') return 'released before';
  if (hasLeft(reservation)) return 'too late';
  await changeStock(scope, heldBy(reservation), release);
  await scope.reservations.save(releaseAll(reservation));
  return 'released';
}
