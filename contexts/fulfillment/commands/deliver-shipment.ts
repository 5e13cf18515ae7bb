import { z } from 'zod';
import { ShipmentDelivered } from '#events/fulfillment';
import { ShipmentId } from '#shared-kernel/ids';
import { forgetPerson, type Reservation, shipmentOf, withShipment } from '../domain/reservation.ts';
import { deliver } from '../domain/shipment.ts';
import type { FulfillmentScope } from '../ports.ts';
import { lockOrderOf } from './dispatch-shipment.ts';

export const DeliverShipment = z.strictObject({ shipmentId: ShipmentId });
export type DeliverShipment = z.output<typeof DeliverShipment>;

/**
 * A parcel arrived. One that has arrived is left alone.
 * @throws {ShipmentNotFound} {@link ShipmentNotDispatched} {@link ShipmentVoided}
 */
export async function deliverShipment(scope: FulfillmentScope, { shipmentId }: DeliverShipment): Promise<void> {
  await recordDelivery(scope, await lockOrderOf(scope, shipmentId), { shipmentId, isPresumed: false });
}

/** @throws {ShipmentNotDispatched} {@link ShipmentVoided} */
export async function recordDelivery(
  scope: FulfillmentScope,
  reservation: Reservation,
  { shipmentId, isPresumed }: { readonly shipmentId: ShipmentId; readonly isPresumed: boolean },
): Promise<void> {
  const { reservations, clock, publish, schedule } = scope;
  const dispatched = shipmentOf(reservation, shipmentId);
  const delivered = deliver(dispatched, clock.now(), isPresumed);
  if (delivered === dispatched) return;
  const after = withShipment(reservation, delivered);
  await reservations.save(await forgetErased(scope, after));
  const isLastOfOrder = after.status === 'delivered';
  publish(ShipmentDelivered({ shipmentId, orderId: after.orderId, isLastOfOrder, isPresumed }));
  schedule.cancel(`shipment ${shipmentId}`);
}

/** An address that was kept only to deliver goes with the delivery. */
async function forgetErased({ erasedCustomers }: FulfillmentScope, reservation: Reservation): Promise<Reservation> {
  const isOver = reservation.status === 'delivered';
  return isOver && (await erasedCustomers.has(reservation.customerId!)) ? forgetPerson(reservation) : reservation;
}
