import type { ShipmentId } from '#shared-kernel/ids';
import { ShipmentNotFound } from '../domain/errors.ts';
import { shipmentOf } from '../domain/reservation.ts';
import type { FulfillmentScope } from '../ports.ts';
import { type ShipmentView, viewShipments } from './shipment-view.ts';

/** @throws {ShipmentNotFound} */
export async function getShipment(scope: FulfillmentScope, shipmentId: ShipmentId): Promise<ShipmentView> {
  const orderId = await scope.shipments.findOrderOf(shipmentId);
  const reservation = orderId && (await scope.reservations.find(orderId));
  if (!reservation) throw new ShipmentNotFound(shipmentId);
  const [view] = await viewShipments(scope, [{ reservation, shipment: shipmentOf(reservation, shipmentId) }]);
  return view!;
}
