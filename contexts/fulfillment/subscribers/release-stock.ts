import { OrderCancellationRequested, OrderCancelled } from '#events/checkout';
import { defineSubscriber } from '#events/messaging';
import { answerCancellationRequest, releaseCancelled } from '../commands/release-order.ts';
import { heldBy } from '../domain/reservation.ts';
import type { FulfillmentScope } from '../ports.ts';

/** Makes available again what was set aside for an order, unless something of it has left. */
export const releaseStock = defineSubscriber<FulfillmentScope>()({
  name: 'fulfillment.releaseStock',
  on: [OrderCancellationRequested, OrderCancelled],
  prepare: async ({ reservations, stock }, events) => {
    const known = await reservations.lock(events.map(({ data }) => data.orderId));
    await stock.lock(known.flatMap(heldBy).map(({ productId }) => productId));
  },
  handle: (scope, event) =>
    event.type === 'checkout.OrderCancelled'
      ? releaseCancelled(scope, event.data.orderId)
      : answerCancellationRequest(scope, event.data.orderId),
});
