import { z } from 'zod';
import { PostalAddress } from '#shared-kernel/address';
import { CustomerId, OrderId, ProductId, ShipmentId, WarehouseId } from '#shared-kernel/ids';
import { Instant } from '#shared-kernel/instant';
import type { Product } from '../domain/product.ts';
import { linesOf } from '../domain/reservation.ts';
import type { FulfillmentScope, ShipmentOfOrder } from '../ports.ts';

/** What an order gets from one warehouse, as its packer and its customer may see it. */
export const ShipmentView = z.object({
  id: ShipmentId,
  orderId: OrderId,
  customerId: CustomerId.nullable(),
  warehouseId: WarehouseId,
  status: z.enum(['prepared', 'dispatched', 'delivered', 'voided']),
  isPresumed: z.boolean().describe('Nobody said that it arrived, but it has been on its way for as long as any takes.'),
  preparedAt: Instant,
  dispatchedAt: Instant.nullable(),
  deliveredAt: Instant.nullable(),
  shipTo: PostalAddress.nullable().describe('Null once it is void.'),
  lines: z.array(
    z.object({ productId: ProductId, sku: z.string().nullable(), label: z.string().nullable(), quantity: z.int() }),
  ),
});
export type ShipmentView = z.output<typeof ShipmentView>;

/** Shipments with the names of what is in them. */
export async function viewShipments(
  { products }: FulfillmentScope,
  shipments: readonly ShipmentOfOrder[],
): Promise<ShipmentView[]> {
  const ids = shipments.flatMap(({ reservation, shipment }) => linesOf(reservation, shipment));
  const known = await products.findAll(ids.map(({ productId }) => productId));
  const productOf = new Map(known.map((product) => [product.id, product]));
  return shipments.map((shipment) => viewShipment(shipment, productOf));
}

function viewShipment(
  { reservation, shipment }: ShipmentOfOrder,
  productOf: ReadonlyMap<ProductId, Product>,
): ShipmentView {
  const { orderId, customerId, shipTo } = reservation;
  const lines = linesOf(reservation, shipment).map(({ productId, quantity }) => {
    const { sku = null, label = null } = productOf.get(productId) ?? {};
    return { productId, sku, label, quantity };
  });
  return { ...shipment, orderId, customerId, shipTo, lines };
}
