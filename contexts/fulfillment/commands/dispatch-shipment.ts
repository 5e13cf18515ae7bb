import { z } from 'zod';
import { ShipmentDispatched, ShipmentOverdue } from '#events/fulfillment';
import { ShipmentId } from '#shared-kernel/ids';
import { ShipmentNotFound } from '../domain/errors.ts';
import { linesOf, type Reservation, shipmentOf, withShipment } from '../domain/reservation.ts';
import { dispatch, isOnItsWay } from '../domain/shipment.ts';
import { ship } from '../domain/stock.ts';
import { DELIVERY_LIMIT } from '../domain/time-limits.ts';
import type { FulfillmentScope } from '../ports.ts';
import { changeStock } from './change-stock.ts';

export const DispatchShipment = z.strictObject({ shipmentId: ShipmentId });
export type DispatchShipment = z.output<typeof DispatchShipment>;

/** A parcel leaves the warehouse. One that has left is left alone. @throws {ShipmentNotFound} {@link ShipmentVoided} */
export async function dispatchShipment(scope: FulfillmentScope, { shipmentId }: DispatchShipment): Promise<void> {
  const { reservations, clock, publish, schedule } = scope;
  const reservation = await lockOrderOf(scope, shipmentId);
  const prepared = shipmentOf(reservation, shipmentId);
  const dispatched = dispatch(prepared, clock.now());
  if (dispatched === prepared) return;
  const { orderId, customerId, shipments } = withShipment(reservation, dispatched);
  await changeStock(scope, linesOf(reservation, dispatched), ship);
  await reservations.save(withShipment(reservation, dispatched));
  const isLastOfOrder = shipments.every(isOnItsWay);
  publish(ShipmentDispatched({ shipmentId, orderId, customerId: customerId!, isLastOfOrder }));
  schedule.after(DELIVERY_LIMIT, `shipment ${shipmentId}`, ShipmentOverdue({ shipmentId, orderId }));
}

/** The order that a shipment belongs to, locked, so that all shipments of an order agree on which is the last. @throws {ShipmentNotFound} */
export async function lockOrderOf(
  { reservations, shipments }: FulfillmentScope,
  shipmentId: ShipmentId,
): Promise<Reservation> {
  const orderId = await shipments.findOrderOf(shipmentId);
  if (!orderId) throw new ShipmentNotFound(shipmentId);
  const [reservation] = await reservations.lock([orderId]);
  return reservation!;
}
