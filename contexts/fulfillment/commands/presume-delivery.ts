import type { OrderId, ShipmentId } from '#shared-kernel/ids';
import type { FulfillmentScope } from '../ports.ts';
import { recordDelivery } from './deliver-shipment.ts';

export interface PresumeDelivery {
  readonly shipmentId: ShipmentId;
  readonly orderId: OrderId;
}

/** Nothing was heard of a parcel for as long as any takes: it counts as delivered. */
export async function presumeDelivery(
  scope: FulfillmentScope,
  { orderId, shipmentId }: PresumeDelivery,
): Promise<void> {
  const [reservation] = await scope.reservations.lock([orderId]);
  const shipment = reservation?.shipments.find(({ id }) => id === shipmentId);
  if (!reservation || shipment?.status !== 'dispatched') return;
  await recordDelivery(scope, reservation, { shipmentId, isPresumed: true });
}
