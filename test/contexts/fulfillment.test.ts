import { describe, expect, test } from 'vitest';
import { CustomerErased } from '#events/accounts';
import { ProductRevised } from '#events/catalog';
import { ShipmentOverdue } from '#events/fulfillment';
import { TransferStock } from '#contexts/fulfillment';
import type { createFulfillment } from '#contexts/fulfillment';
import { idOfName, newId, OrderId, ProductId, ShipmentId, WarehouseId } from '#shared-kernel/ids';
import { describeOnEachAdapter, type TestContext } from '../support/context.ts';
import { fulfillment, listed, orderOf, type Pieces, shipTo } from './fulfillment/story.ts';

describeOnEachAdapter('fulfillment', fulfillment, (open) => {
  type Depot = TestContext<ReturnType<typeof createFulfillment>>;
  type Stocked = Depot & { readonly productId: ProductId; readonly north: WarehouseId; readonly south: WarehouseId };

  /** Two warehouses and one product, so many pieces in each. */
  async function openDepot(inNorth = 0, inSouth = 0): Promise<Stocked> {
    const depot = open();
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

  const receive = ({ as, context, productId }: Stocked, warehouseId: WarehouseId, quantity: number) =>
    as(() => context.commands.receiveStock({ productId, warehouseId, quantity }));

  const adjust = ({ as, context, productId }: Stocked, warehouseId: WarehouseId, difference: number) =>
    as(() => context.commands.adjustStock({ productId, warehouseId, difference, reason: 'counted' }));

  const transfer = ({ as, context, productId }: Stocked, from: WarehouseId, to: WarehouseId, quantity: number) =>
    as(() => context.commands.transferStock({ productId, from, to, quantity }));

  const dispatch = ({ as, context }: Depot, shipmentId: ShipmentId) =>
    as(() => context.commands.dispatchShipment({ shipmentId }));

  const deliver = ({ as, context }: Depot, shipmentId: ShipmentId) =>
    as(() => context.commands.deliverShipment({ shipmentId }));

  const stockOf = ({ as, context }: Depot, productId: ProductId) => as(() => context.queries.getStock(productId));

  /** On hand and reserved, in the north and in the south. */
  async function levelsOf(depot: Stocked) {
    const { warehouses } = await stockOf(depot, depot.productId);
    return [depot.north, depot.south].map((id) => {
      const level = warehouses.find(({ warehouseId }) => warehouseId === id);
      return [level?.onHand ?? 0, level?.reserved ?? 0];
    });
  }

  const reservationOf = ({ as, context }: Depot, orderId: OrderId) => as(() => context.queries.getReservation(orderId));

  const shipmentsOf = async ({ as, context }: Depot, orderId: OrderId) =>
    (await as(() => context.queries.listShipments({ limit: 100, orderId }))).items;

  const typesOf = async (depot: Depot) => (await depot.published()).map(([type]) => type.replace('fulfillment.', ''));

  /** An order that is confirmed, and its shipments. */
  async function confirm(depot: Depot, ...pieces: readonly Pieces[]) {
    const order = orderOf(...pieces);
    await depot.given(order.placed, order.confirmed);
    const shipments = await shipmentsOf(depot, order.orderId);
    await depot.published();
    return { ...order, shipments: shipments.map(({ id }) => id) };
  }

  describe('a warehouse', () => {
    test('is opened, and listed page by page', async () => {
      const depot = await openDepot();
      const first = await depot.as(() => depot.context.queries.listWarehouses({ limit: 1 }));
      const rest = await depot.as(() => depot.context.queries.listWarehouses({ limit: 1, after: first.next! }));
      expect([...first.items, ...rest.items]).toEqual([
        { id: depot.north, name: 'North' },
        { id: depot.south, name: 'South' },
      ]);
      expect(rest.next).toBeNull();
    });

    test('that somebody else numbered is opened once', async () => {
      const depot = open();
      const warehouseId = idOfName(WarehouseId, 'warehouses', '7');
      await depot.as(() => depot.context.commands.openWarehouse({ name: 'Seven', warehouseId }));
      expect(await depot.as(() => depot.context.commands.openWarehouse({ name: 'Again', warehouseId }))).toBe(
        warehouseId,
      );
      const { items } = await depot.as(() => depot.context.queries.listWarehouses({ limit: 20 }));
      expect(items).toEqual([{ id: warehouseId, name: 'Seven' }]);
    });
  });

  describe('stock', () => {
    test('that is received is on hand, and is published', async () => {
      const depot = await openDepot();
      await receive(depot, depot.north, 3);
      await receive(depot, depot.south, 4);
      await receive(depot, depot.north, 2);
      expect(await stockOf(depot, depot.productId)).toEqual({
        productId: depot.productId,
        sku: 'ROADSTER',
        label: 'Roadster',
        onHand: 9,
        reserved: 0,
        available: 9,
        warehouses: [
          { warehouseId: depot.north, onHand: 5, reserved: 0, available: 5 },
          { warehouseId: depot.south, onHand: 4, reserved: 0, available: 4 },
        ],
      });
      const { productId, north, south } = depot;
      expect(await depot.published()).toEqual([
        ['fulfillment.ProductBackInStock', { productId }],
        ['fulfillment.StockReceived', { productId, warehouseId: north, quantity: 3 }],
        ['fulfillment.StockReceived', { productId, warehouseId: south, quantity: 4 }],
        ['fulfillment.StockReceived', { productId, warehouseId: north, quantity: 2 }],
      ]);
    });

    test('of one receipt is received once', async () => {
      const depot = await openDepot();
      const receiptId = '0195e8a0-0000-7000-8000-000000000001';
      const { productId, north: warehouseId } = depot;
      const take = () =>
        depot.as(() => depot.context.commands.receiveStock({ productId, warehouseId, quantity: 5, receiptId }));
      await take();
      await take();
      expect(await levelsOf(depot)).toEqual([
        [5, 0],
        [0, 0],
      ]);
      expect(await typesOf(depot)).toEqual(['ProductBackInStock', 'StockReceived']);
    });

    test('of a product nobody listed is refused, and so is stock in a warehouse nobody opened', async () => {
      const depot = await openDepot();
      await expect(receive({ ...depot, productId: newId(ProductId) }, depot.north, 1)).rejects.toMatchObject({
        code: 'fulfillment.product-unknown',
        judgedOnCopy: true,
      });
      await expect(receive(depot, newId(WarehouseId), 1)).rejects.toMatchObject({
        code: 'fulfillment.warehouse-unknown',
        judgedOnCopy: false,
      });
      await expect(stockOf(depot, newId(ProductId))).rejects.toMatchObject({ code: 'fulfillment.stock-not-found' });
      expect(await depot.published()).toEqual([]);
    });

    test('has its receipts and adjustments on record, product by product and page by page', async () => {
      const depot = await openDepot(3, 4);
      const other = listed(newId(ProductId), 'COUPE');
      await depot.given(other);
      await receive({ ...depot, productId: other.data.productId }, depot.north, 9);
      await adjust(depot, depot.south, -2);
      const { productId, north, south } = depot;
      const { queries } = depot.context;
      const first = await depot.as(() => queries.listStockReceipts({ limit: 1, productId }));
      const rest = await depot.as(() => queries.listStockReceipts({ limit: 1, productId, after: first.next! }));
      const receivedAt = depot.clock.now();
      expect([...first.items, ...rest.items].map(({ id: _id, ...receipt }) => receipt)).toEqual([
        { productId, warehouseId: north, quantity: 3, receivedAt },
        { productId, warehouseId: south, quantity: 4, receivedAt },
      ]);
      expect(rest.next).toBeNull();
      expect((await depot.as(() => queries.listStockReceipts({ limit: 20 }))).items).toHaveLength(3);
      const adjustments = await depot.as(() => queries.listStockAdjustments({ limit: 20, productId }));
      expect(adjustments.items.map(({ id: _id, ...adjustment }) => adjustment)).toEqual([
        { productId, warehouseId: south, difference: -2, reason: 'counted', adjustedAt: receivedAt },
      ]);
      const ofOther = { limit: 20, productId: other.data.productId };
      expect((await depot.as(() => queries.listStockAdjustments(ofOther))).items).toEqual([]);
    });

    test('is adjusted up and down, and never below what is reserved', async () => {
      const depot = await openDepot(10);
      await adjust(depot, depot.north, -3);
      await adjust(depot, depot.south, 2);
      await depot.given(orderOf([depot.productId, 8]).placed);
      await expect(adjust(depot, depot.north, -1)).rejects.toMatchObject({ code: 'fulfillment.not-enough-available' });
      await adjust(depot, depot.south, -1);
      expect(await levelsOf(depot)).toEqual([
        [7, 7],
        [1, 1],
      ]);
      const { productId, north, south } = depot;
      expect(await depot.published()).toEqual([
        ['fulfillment.StockAdjusted', { productId, warehouseId: north, difference: -3 }],
        ['fulfillment.StockAdjusted', { productId, warehouseId: south, difference: 2 }],
        ['fulfillment.StockReserved', { orderId: expect.any(String) }],
        ['fulfillment.StockAdjusted', { productId, warehouseId: south, difference: -1 }],
      ]);
    });

    test('is transferred as far as it is available, without a word to others', async () => {
      const depot = await openDepot(5);
      await depot.given(orderOf([depot.productId, 2]).placed);
      await depot.published();
      await transfer(depot, depot.north, depot.south, 3);
      await expect(transfer(depot, depot.north, depot.south, 1)).rejects.toMatchObject({
        code: 'fulfillment.not-enough-available',
        details: { available: 0 },
      });
      await expect(transfer(depot, depot.north, newId(WarehouseId), 1)).rejects.toMatchObject({
        code: 'fulfillment.warehouse-unknown',
      });
      expect(await levelsOf(depot)).toEqual([
        [2, 2],
        [3, 0],
      ]);
      expect(await depot.published()).toEqual([]);
    });

    test('is not transferred to where it is', async () => {
      const { productId, north } = await openDepot(5);
      const { success } = TransferStock.safeParse({ productId, from: north, to: north, quantity: 1 });
      expect(success).toBe(false);
    });

    test('is listed page by page, products that ran out included', async () => {
      const depot = await openDepot(5);
      const other = listed(newId(ProductId), 'COUPE');
      await depot.given(other);
      const first = await depot.as(() => depot.context.queries.listStock({ limit: 1 }));
      const rest = await depot.as(() => depot.context.queries.listStock({ limit: 1, after: first.next! }));
      expect([...first.items, ...rest.items].map(({ sku, available }) => [sku, available])).toEqual([
        ['ROADSTER', 5],
        ['COUPE', 0],
      ]);
      expect(rest.next).toBeNull();
    });

    test('carries the label that the catalogue gives the product now', async () => {
      const depot = await openDepot(5);
      const { data } = listed(depot.productId);
      await depot.given(ProductRevised({ ...data, sku: 'ROADSTER-2', name: 'Roadster II' }));
      expect(await stockOf(depot, depot.productId)).toMatchObject({ sku: 'ROADSTER-2', label: 'Roadster II' });
    });
  });

  describe('a product is back in stock', () => {
    test('when a receipt or an adjustment makes it available after it had run out', async () => {
      const depot = await openDepot(2);
      await depot.given(orderOf([depot.productId, 2]).placed);
      await depot.published();
      await receive(depot, depot.south, 1);
      await receive(depot, depot.south, 1);
      expect(await typesOf(depot)).toEqual(['ProductBackInStock', 'StockReceived', 'StockReceived']);
      await adjust(depot, depot.south, -2);
      await adjust(depot, depot.south, 2);
      expect(await typesOf(depot)).toEqual(['StockAdjusted', 'ProductBackInStock', 'StockAdjusted']);
    });

    test('when an order that held the last pieces is released', async () => {
      const depot = await openDepot(2);
      const order = orderOf([depot.productId, 2]);
      await depot.given(order.placed, order.cancelled);
      expect(await typesOf(depot)).toEqual(['StockReserved', 'ProductBackInStock']);
    });
  });

  describe('an order that is placed', () => {
    test('has its stock reserved, once', async () => {
      const depot = await openDepot(5);
      const { orderId, placed } = orderOf([depot.productId, 2]);
      await depot.given(placed, placed);
      expect(await depot.published()).toEqual([['fulfillment.StockReserved', { orderId }]]);
      expect(await levelsOf(depot)).toEqual([
        [5, 2],
        [0, 0],
      ]);
      expect(await reservationOf(depot, orderId)).toMatchObject({ status: 'reserved', shipments: [] });
    });

    test('is served from one warehouse that has enough, and from several only if none has', async () => {
      const depot = await openDepot(3, 5);
      const { placed } = orderOf([depot.productId, 4]);
      await depot.given(placed);
      expect(await levelsOf(depot)).toEqual([
        [3, 0],
        [5, 4],
      ]);
      const { orderId, placed: another } = orderOf([depot.productId, 4]);
      await depot.given(another);
      const { productId, north, south } = depot;
      expect((await reservationOf(depot, orderId)).allocations).toEqual([
        { productId, warehouseId: north, quantity: 3 },
        { productId, warehouseId: south, quantity: 1 },
      ]);
    });

    test('counts lines of one product together', async () => {
      const depot = await openDepot(5);
      const { orderId, placed } = orderOf([depot.productId, 3], [depot.productId, 3]);
      await depot.given(placed);
      const shortages = [{ productId: depot.productId, requested: 6, available: 5 }];
      expect(await depot.published()).toEqual([['fulfillment.StockReservationRejected', { orderId, shortages }]]);
      await depot.given(orderOf([depot.productId, 3], [depot.productId, 2]).placed);
      expect(await typesOf(depot)).toEqual(['StockReserved']);
    });

    test('for more than is available is rejected whole, naming everything that is short', async () => {
      const depot = await openDepot(5, 1);
      const unknown = newId(ProductId);
      const scarce = listed();
      await depot.given(scarce);
      await receive({ ...depot, productId: scarce.data.productId }, depot.north, 1);
      await depot.published();
      const { orderId, placed } = orderOf([scarce.data.productId, 2], [depot.productId, 6], [unknown, 1_000_000]);
      await depot.given(placed);
      expect(await depot.published()).toEqual([
        [
          'fulfillment.StockReservationRejected',
          {
            orderId,
            shortages: [
              { productId: scarce.data.productId, requested: 2, available: 1 },
              { productId: unknown, requested: 1_000_000, available: 0 },
            ],
          },
        ],
      ]);
      expect(await levelsOf(depot)).toEqual([
        [5, 0],
        [1, 0],
      ]);
      expect(await reservationOf(depot, orderId)).toMatchObject({ status: 'rejected', allocations: [] });
    });

    test('may ask for more pieces of a product than one line can', async () => {
      const depot = await openDepot(1);
      const { placed } = orderOf([depot.productId, 1_000_000], [depot.productId, 1_000_000]);
      await depot.given(placed);
      expect(await typesOf(depot)).toEqual(['StockReservationRejected']);
    });

    test('that nobody knows is not found', async () => {
      const depot = await openDepot();
      await expect(reservationOf(depot, newId(OrderId))).rejects.toMatchObject({
        code: 'fulfillment.reservation-not-found',
      });
    });
  });

  describe('an order that is confirmed', () => {
    test('becomes one shipment per warehouse', async () => {
      const depot = await openDepot(3, 2);
      const { orderId, customerId } = await confirm(depot, [depot.productId, 5]);
      const { productId, north, south } = depot;
      const common = { orderId, customerId, status: 'prepared', isPresumed: false, shipTo, dispatchedAt: null };
      const lineOf = (quantity: number) => ({ productId, sku: 'ROADSTER', label: 'Roadster', quantity });
      expect(await shipmentsOf(depot, orderId)).toMatchObject([
        { ...common, warehouseId: north, lines: [lineOf(3)] },
        { ...common, warehouseId: south, lines: [lineOf(2)] },
      ]);
      expect(await depot.published()).toEqual([]);
    });

    test('before it was heard to be placed is shipped as soon as it is', async () => {
      const depot = await openDepot(3);
      const { orderId, placed, confirmed } = orderOf([depot.productId, 2]);
      await depot.given(confirmed);
      expect(await reservationOf(depot, orderId)).toMatchObject({ status: 'awaited' });
      await depot.given(placed);
      expect(await shipmentsOf(depot, orderId)).toMatchObject([{ status: 'prepared', shipTo }]);
      expect(await levelsOf(depot)).toEqual([
        [3, 2],
        [0, 0],
      ]);
      expect(await typesOf(depot)).toEqual(['StockReserved']);
    });

    test('after it was released or rejected is not shipped', async () => {
      const depot = await openDepot(3);
      const released = orderOf([depot.productId, 2]);
      const rejected = orderOf([depot.productId, 4]);
      await depot.given(released.placed, released.cancellationRequested, released.confirmed);
      await depot.given(rejected.placed, rejected.confirmed);
      expect(await shipmentsOf(depot, released.orderId)).toEqual([]);
      expect(await shipmentsOf(depot, rejected.orderId)).toEqual([]);
    });
  });

  describe('a shipment', () => {
    test('takes its pieces with it when it is dispatched, and is delivered, each once', async () => {
      const depot = await openDepot(5);
      const { orderId, customerId, shipments } = await confirm(depot, [depot.productId, 2]);
      const shipmentId = shipments[0]!;
      await dispatch(depot, shipmentId);
      await dispatch(depot, shipmentId);
      expect(await levelsOf(depot)).toEqual([
        [3, 0],
        [0, 0],
      ]);
      await deliver(depot, shipmentId);
      await deliver(depot, shipmentId);
      await dispatch(depot, shipmentId);
      const now = depot.clock.now();
      expect(await depot.as(() => depot.context.queries.getShipment(shipmentId))).toMatchObject({
        status: 'delivered',
        preparedAt: now,
        dispatchedAt: now,
        deliveredAt: now,
        isPresumed: false,
        shipTo,
      });
      expect(await reservationOf(depot, orderId)).toMatchObject({ status: 'delivered' });
      expect(await depot.published()).toEqual([
        ['fulfillment.ShipmentDispatched', { shipmentId, orderId, customerId, isLastOfOrder: true }],
        ['fulfillment.ShipmentDelivered', { shipmentId, orderId, isLastOfOrder: true, isPresumed: false }],
      ]);
    });

    test('knows whether it is the last of its order', async () => {
      const depot = await openDepot(3, 2);
      const { shipments } = await confirm(depot, [depot.productId, 5]);
      const [first, last] = [shipments[0]!, shipments[1]!];
      await dispatch(depot, first);
      await deliver(depot, first);
      await dispatch(depot, last);
      await deliver(depot, last);
      const published = await depot.published();
      expect(published.map(([type, data]) => [type, (data as { isLastOfOrder: boolean }).isLastOfOrder])).toEqual([
        ['fulfillment.ShipmentDispatched', false],
        ['fulfillment.ShipmentDelivered', false],
        ['fulfillment.ShipmentDispatched', true],
        ['fulfillment.ShipmentDelivered', true],
      ]);
    });

    test('cannot arrive before it has left', async () => {
      const depot = await openDepot(5);
      const { shipments } = await confirm(depot, [depot.productId, 2]);
      await expect(deliver(depot, shipments[0]!)).rejects.toMatchObject({
        code: 'fulfillment.shipment-not-dispatched',
        kind: 'conflict',
      });
    });

    test('that nobody knows is not found', async () => {
      const depot = await openDepot();
      const unknown = newId(ShipmentId);
      const notFound = { code: 'fulfillment.shipment-not-found' };
      await expect(dispatch(depot, unknown)).rejects.toMatchObject(notFound);
      await expect(deliver(depot, unknown)).rejects.toMatchObject(notFound);
      await expect(depot.as(() => depot.context.queries.getShipment(unknown))).rejects.toMatchObject(notFound);
    });

    test('is presumed delivered when it has been on its way for too long', async () => {
      const depot = await openDepot(5);
      const { orderId, shipments } = await confirm(depot, [depot.productId, 2]);
      const shipmentId = shipments[0]!;
      const overdue = ShipmentOverdue({ shipmentId, orderId });
      await depot.given(overdue);
      expect(await reservationOf(depot, orderId)).toMatchObject({ status: 'shipping' });
      await dispatch(depot, shipmentId);
      await depot.published();
      await depot.given(overdue);
      expect(await depot.published()).toEqual([
        ['fulfillment.ShipmentDelivered', { shipmentId, orderId, isLastOfOrder: true, isPresumed: true }],
      ]);
      await deliver(depot, shipmentId);
      expect(await depot.as(() => depot.context.queries.getShipment(shipmentId))).toMatchObject({ isPresumed: true });
      expect(await depot.published()).toEqual([]);
    });

    test('that is delivered is not presumed to be', async () => {
      const depot = await openDepot(5);
      const { orderId, shipments } = await confirm(depot, [depot.productId, 2]);
      const shipmentId = shipments[0]!;
      await dispatch(depot, shipmentId);
      await deliver(depot, shipmentId);
      await depot.published();
      await depot.given(
        ShipmentOverdue({ shipmentId, orderId }),
        ShipmentOverdue({ shipmentId, orderId: newId(OrderId) }),
      );
      expect(await depot.published()).toEqual([]);
    });

    test('is listed page by page, by order and by status', async () => {
      const depot = await openDepot(10);
      const orders = [
        await confirm(depot, [depot.productId, 1]),
        await confirm(depot, [depot.productId, 1]),
        await confirm(depot, [depot.productId, 1]),
      ];
      await dispatch(depot, orders[1]!.shipments[0]!);
      const { listShipments } = depot.context.queries;
      const first = await depot.as(() => listShipments({ limit: 2 }));
      const rest = await depot.as(() => listShipments({ limit: 2, after: first.next! }));
      expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(orders.flatMap(({ shipments }) => shipments));
      expect(rest.next).toBeNull();
      const prepared = await depot.as(() => listShipments({ limit: 20, status: 'prepared' }));
      expect(prepared.items.map(({ orderId }) => orderId)).toEqual([orders[0]!.orderId, orders[2]!.orderId]);
      expect(await shipmentsOf(depot, newId(OrderId))).toEqual([]);
    });
  });

  describe('an order whose cancellation is requested', () => {
    test('is released while nothing has left, and its stock is available again', async () => {
      const depot = await openDepot(3, 2);
      const { orderId, placed, cancellationRequested, cancelled } = orderOf([depot.productId, 4]);
      await depot.given(placed, cancellationRequested, cancelled);
      expect(await levelsOf(depot)).toEqual([
        [3, 0],
        [2, 0],
      ]);
      expect(await reservationOf(depot, orderId)).toMatchObject({ status: 'released' });
      expect(await depot.published()).toEqual([
        ['fulfillment.StockReserved', { orderId }],
        ['fulfillment.OrderReleased', { orderId }],
      ]);
    });

    test('is released after its shipments were prepared; these are void and go nowhere', async () => {
      const depot = await openDepot(3, 2);
      const { orderId, shipments, cancellationRequested } = await confirm(depot, [depot.productId, 5]);
      await depot.given(cancellationRequested);
      expect(await levelsOf(depot)).toEqual([
        [3, 0],
        [2, 0],
      ]);
      expect(await typesOf(depot)).toEqual(['ProductBackInStock', 'OrderReleased']);
      expect(await shipmentsOf(depot, orderId)).toMatchObject([
        { status: 'voided', shipTo: null },
        { status: 'voided', shipTo: null },
      ]);
      const isVoid = { code: 'fulfillment.shipment-voided' };
      await expect(dispatch(depot, shipments[0]!)).rejects.toMatchObject(isVoid);
      await expect(deliver(depot, shipments[0]!)).rejects.toMatchObject(isVoid);
    });

    test('goes on when part of it has left', async () => {
      const depot = await openDepot(3, 2);
      const { orderId, shipments, cancellationRequested, cancelled } = await confirm(depot, [depot.productId, 5]);
      await dispatch(depot, shipments[0]!);
      await depot.published();
      await depot.given(cancellationRequested);
      expect(new Set(await typesOf(depot))).toEqual(new Set(['OrderReleaseRefused']));
      await depot.given(cancelled);
      expect(await levelsOf(depot)).toEqual([
        [0, 0],
        [2, 2],
      ]);
      await dispatch(depot, shipments[1]!);
      await deliver(depot, shipments[0]!);
      await deliver(depot, shipments[1]!);
      expect(await reservationOf(depot, orderId)).toMatchObject({ status: 'delivered' });
      await depot.published();
      await depot.given(cancellationRequested);
      expect(new Set(await typesOf(depot))).toEqual(new Set(['OrderReleaseRefused']));
    });

    test('is released when its stock was never there', async () => {
      const depot = await openDepot();
      const { orderId, placed, cancellationRequested } = orderOf([depot.productId, 1]);
      await depot.given(placed, cancellationRequested);
      expect(await typesOf(depot)).toEqual(['StockReservationRejected', 'OrderReleased']);
      expect(await reservationOf(depot, orderId)).toMatchObject({ status: 'released' });
    });

    test('before it was heard to be placed is released, and never reserved', async () => {
      const depot = await openDepot(5);
      const { orderId, placed, confirmed, cancellationRequested } = orderOf([depot.productId, 2]);
      await depot.given(cancellationRequested, placed, confirmed);
      expect(await depot.published()).toEqual([['fulfillment.OrderReleased', { orderId }]]);
      expect(await levelsOf(depot)).toEqual([
        [5, 0],
        [0, 0],
      ]);
    });
  });

  describe('an order that is cancelled', () => {
    test('is released without a word', async () => {
      const depot = await openDepot(5);
      const { orderId, cancelled } = await confirm(depot, [depot.productId, 2]);
      await depot.given(cancelled);
      expect(await levelsOf(depot)).toEqual([
        [5, 0],
        [0, 0],
      ]);
      expect(await shipmentsOf(depot, orderId)).toMatchObject([{ status: 'voided' }]);
      expect(await depot.published()).toEqual([]);
    });

    test('because its stock was not there stays rejected', async () => {
      const depot = await openDepot();
      const { orderId, placed, cancelled } = orderOf([depot.productId, 1]);
      await depot.given(placed, cancelled);
      expect(await reservationOf(depot, orderId)).toMatchObject({ status: 'rejected' });
    });

    test('before it was heard to be placed is never reserved', async () => {
      const depot = await openDepot(5);
      const { cancelled, placed, confirmed } = orderOf([depot.productId, 2]);
      await depot.given(cancelled, confirmed, placed);
      expect(await depot.published()).toEqual([]);
      expect(await levelsOf(depot)).toEqual([
        [5, 0],
        [0, 0],
      ]);
    });
  });

  describe('a customer who is erased', () => {
    const addressesOf = async (depot: Depot, orderId: OrderId) =>
      (await shipmentsOf(depot, orderId)).map(({ shipTo }) => shipTo?.recipient);

    test('is forgotten where everything has been delivered', async () => {
      const depot = await openDepot(5);
      const { orderId, customerId, shipments } = await confirm(depot, [depot.productId, 2]);
      await dispatch(depot, shipments[0]!);
      await deliver(depot, shipments[0]!);
      expect(await addressesOf(depot, orderId)).toEqual(['Ada Lovelace']);
      await depot.given(CustomerErased({ customerId }));
      expect(await addressesOf(depot, orderId)).toEqual(['erased']);
    });

    test('still gets what is on its way, and is forgotten then', async () => {
      const depot = await openDepot(3, 2);
      const { orderId, customerId, shipments } = await confirm(depot, [depot.productId, 5]);
      await depot.given(CustomerErased({ customerId }));
      for (const shipment of shipments) {
        expect(await addressesOf(depot, orderId)).toEqual(['Ada Lovelace', 'Ada Lovelace']);
        await dispatch(depot, shipment);
        await deliver(depot, shipment);
      }
      expect(await addressesOf(depot, orderId)).toEqual(['erased', 'erased']);
    });
  });

  test('one tenant sees nothing of another', async () => {
    const mine = await openDepot(5);
    const { shipments, orderId } = await confirm(mine, [mine.productId, 2]);
    const other = open();
    await expect(stockOf(other, mine.productId)).rejects.toMatchObject({ code: 'fulfillment.stock-not-found' });
    await expect(reservationOf(other, orderId)).rejects.toMatchObject({ code: 'fulfillment.reservation-not-found' });
    await expect(dispatch(other, shipments[0]!)).rejects.toMatchObject({ code: 'fulfillment.shipment-not-found' });
    expect(await shipmentsOf(other, orderId)).toEqual([]);
  });
});
