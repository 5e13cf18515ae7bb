import { OrderPlaced } from '#events/checkout';
import { defineSubscriber } from '#events/messaging';
import { reserveStock } from '../commands/reserve-stock.ts';
import type { FulfillmentScope } from '../ports.ts';

/** Sets an order's stock aside, all of it or none. */
export const reserveStockOnOrderPlaced = defineSubscriber<FulfillmentScope>()({
  name: 'fulfillment.reserveStockOnOrderPlaced',
  on: OrderPlaced,
  prepare: async ({ reservations, stock }, events) => {
    await reservations.lock(events.map(({ data }) => data.orderId));
    await stock.lock(events.flatMap(({ data }) => data.lines.map(({ productId }) => productId)));
  },
  handle: (scope, { data: { orderId, customerId, lines, shipTo } }) =>
    reserveStock(scope, { orderId, customerId, lines, shipTo }),
});
