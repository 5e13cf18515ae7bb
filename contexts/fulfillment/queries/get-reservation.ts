import { z } from 'zod';
import { CustomerId, OrderId, ProductId, ShipmentId, WarehouseId } from '#shared-kernel/ids';
import { ReservationNotFound } from '../domain/errors.ts';
import type { FulfillmentScope } from '../ports.ts';
import { ShipmentView } from './shipment-view.ts';

/** How far fulfillment has come with an order. */
export const ReservationView = z.object({
  orderId: OrderId,
  customerId: CustomerId.nullable(),
  status: z.enum(['awaited', 'reserved', 'rejected', 'shipping', 'delivered', 'released']),
  allocations: z.array(z.object({ productId: ProductId, warehouseId: WarehouseId, quantity: z.int() })),
  shipments: z.array(z.object({ id: ShipmentId, warehouseId: WarehouseId, status: ShipmentView.shape.status })),
});
export type ReservationView = z.output<typeof ReservationView>;

/** @throws {ReservationNotFound} */
export async function getReservation({ reservations }: FulfillmentScope, orderId: OrderId): Promise<ReservationView> {
  const reservation = await reservations.find(orderId);
  if (!reservation) throw new ReservationNotFound(orderId);
  const { customerId, status, allocations } = reservation;
  const shipments = reservation.shipments.map(({ id, warehouseId, status }) => ({ id, warehouseId, status }));
  return { orderId, customerId, status, allocations: [...allocations], shipments };
}
