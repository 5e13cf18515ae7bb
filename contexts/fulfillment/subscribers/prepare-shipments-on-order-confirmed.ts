import { OrderConfirmed } from '#events/checkout';
import { defineSubscriber } from '#events/messaging';
import { prepareOrder } from '../commands/prepare-order.ts';
import type { FulfillmentScope } from '../ports.ts';

/** Makes what is set aside for a confirmed order ready to leave, one shipment per warehouse. */
export const prepareShipmentsOnOrderConfirmed = defineSubscriber<FulfillmentScope>()({
  name: 'fulfillment.prepareShipmentsOnOrderConfirmed',
  on: OrderConfirmed,
  prepare: ({ reservations }, events) => reservations.lock(events.map(({ data }) => data.orderId)),
  handle: (scope, { data: { orderId, customerId } }) => prepareOrder(scope, { orderId, customerId }),
});
