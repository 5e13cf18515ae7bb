import { type CustomerId, newId, type OrderId, ShipmentId } from '#shared-kernel/ids';
import { prepareShipments, tombstone } from '../domain/reservation.ts';
import type { FulfillmentScope } from '../ports.ts';

export interface PrepareOrder {
  readonly orderId: OrderId;
  readonly customerId: CustomerId;
}

/** What is reserved of a confirmed order may leave: one shipment per warehouse. */
export async function prepareOrder(
  { reservations, clock }: FulfillmentScope,
  { orderId, customerId }: PrepareOrder,
): Promise<void> {
  const [reservation] = await reservations.lock([orderId]);
  if (!reservation) return reservations.save(tombstone(orderId, 'awaited', customerId));
  if (reservation.status === 'reserved')
    await reservations.save(prepareShipments(reservation, clock.now(), () => newId(ShipmentId)));
}
