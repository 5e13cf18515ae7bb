import { createFulfillment } from '#contexts/fulfillment';
import { fulfillmentInMemory } from '#contexts/fulfillment/in-memory';
import { fulfillmentOnMikroOrm } from '#contexts/fulfillment/mikro-orm';
import { migrations } from '#migrations/fulfillment';
import type { OrderId, ProductId, ShipmentId, WarehouseId } from '#shared-kernel/ids';
import { describeOnEachAdapter, type TestContext, typesPublished } from '../../support/context.ts';
import { listed, orderOf, type Pieces } from './story.ts';

const fulfillment = {
  create: createFulfillment,
  inMemory: fulfillmentInMemory,
  mikroOrm: fulfillmentOnMikroOrm,
  migrations,
};

export type Depot = TestContext<ReturnType<typeof createFulfillment>>;

/** Two warehouses and one product. */
export interface Stocked extends Depot {
  readonly productId: ProductId;
  readonly north: WarehouseId;
  readonly south: WarehouseId;
}

/** So many pieces are on hand in each warehouse. */
type OpenDepot = (inNorth?: number, inSouth?: number) => Promise<Stocked>;

export const describeFulfillment = (suite: (openDepot: OpenDepot, open: () => Depot) => void) =>
  describeOnEachAdapter('fulfillment', fulfillment, (open) =>
    suite((inNorth = 0, inSouth = 0) => stock(open(), inNorth, inSouth), open),
  );

async function stock(depot: Depot, inNorth: number, inSouth: number): Promise<Stocked> {
  const product = listed();
  await depot.given(product);
  const north = await depot.as(() => depot.context.commands.openWarehouse({ name: 'North' }));
  const south = await depot.as(() => depot.context.commands.openWarehouse({ name: 'South' }));
  const stocked = { ...depot, productId: product.data.productId, north, south };
  if (inNorth) await receive(stocked, north, inNorth);
  if (inSouth) await receive(stocked, south, inSouth);
  await depot.published();
  return stocked;
}

export const receive = ({ as, context, productId }: Stocked, warehouseId: WarehouseId, quantity: number) =>
  as(() => context.commands.receiveStock({ productId, warehouseId, quantity }));

export const adjust = ({ as, context, productId }: Stocked, warehouseId: WarehouseId, difference: number) =>
  as(() => context.commands.adjustStock({ productId, warehouseId, difference, reason: 'counted' }));

export const dispatch = ({ as, context }: Depot, shipmentId: ShipmentId) =>
  as(() => context.commands.dispatchShipment({ shipmentId }));

export const deliver = ({ as, context }: Depot, shipmentId: ShipmentId) =>
  as(() => context.commands.deliverShipment({ shipmentId }));

export const stockOf = ({ as, context }: Depot, productId: ProductId) => as(() => context.queries.getStock(productId));

/** On hand and reserved, in the north and in the south. */
export async function levelsOf(depot: Stocked) {
  const { warehouses } = await stockOf(depot, depot.productId);
  return [depot.north, depot.south].map((id) => {
    const level = warehouses.find(({ warehouseId }) => warehouseId === id);
    return [level?.onHand ?? 0, level?.reserved ?? 0];
  });
}

export const reservationOf = ({ as, context }: Depot, orderId: OrderId) =>
  as(() => context.queries.getReservation(orderId));

export const shipmentsOf = async ({ as, context }: Depot, orderId: OrderId) =>
  (await as(() => context.queries.listShipments({ limit: 100, orderId }))).items;

export const typesOf = async (depot: Depot) =>
  (await typesPublished(depot)).map((type) => type.replace('fulfillment.', ''));

/** An order that is confirmed, and its shipments. */
export async function confirm(depot: Depot, ...pieces: readonly Pieces[]) {
  const order = orderOf(...pieces);
  await depot.given(order.placed, order.confirmed);
  const shipments = await shipmentsOf(depot, order.orderId);
  await depot.published();
  return { ...order, shipments: shipments.map(({ id }) => id) };
}
