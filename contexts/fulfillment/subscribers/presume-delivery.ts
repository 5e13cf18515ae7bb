import { ShipmentOverdue } from '#events/fulfillment';
import { defineSubscriber } from '#events/messaging';
import { presumeDelivery as presume } from '../commands/presume-delivery.ts';
import type { FulfillmentScope } from '../ports.ts';

/** Ends the wait for a parcel whose arrival nobody reports. */
export const presumeDelivery = defineSubscriber<FulfillmentScope>()({
  name: 'fulfillment.presumeDelivery',
  on: ShipmentOverdue,
  prepare: ({ reservations }, events) => reservations.lock(events.map(({ data }) => data.orderId)),
  handle: (scope, { data }) => presume(scope, data),
});
