import { describe, expect, test } from 'vitest';
import { ProductRevised } from '#events/catalog';
import { TransferStock } from '#contexts/fulfillment';
import { newId, ProductId, WarehouseId } from '#shared-kernel/ids';
import { adjust, describeFulfillment, levelsOf, receive, type Stocked, stockOf, typesOf } from './depot.ts';
import { listed, orderOf } from './story.ts';

const transfer = ({ as, context, productId }: Stocked, from: WarehouseId, to: WarehouseId, quantity: number) =>
  as(() => context.commands.transferStock({ productId, from, to, quantity }));

describeFulfillment((openDepot) => {
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
});
