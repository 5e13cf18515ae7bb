import type { z } from 'zod';
import { OrderId } from '#shared-kernel/ids';
import { type Page, PageRequest } from '#shared-kernel/page';
import type { FulfillmentScope } from '../ports.ts';
import { ShipmentView, viewShipments } from './shipment-view.ts';

export const ListShipments = PageRequest.extend({
  orderId: OrderId.optional(),
  status: ShipmentView.shape.status.optional(),
});
export type ListShipments = z.output<typeof ListShipments>;

export async function listShipments(
  scope: FulfillmentScope,
  { orderId, status, ...page }: ListShipments,
): Promise<Page<ShipmentView>> {
  const { items, next } = await scope.shipments.list(page, { orderId, status });
  return { items: await viewShipments(scope, items), next };
}
