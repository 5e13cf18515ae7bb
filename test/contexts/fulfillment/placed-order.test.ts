import { describe, expect, test } from 'vitest';
import { newId, OrderId, ProductId } from '#shared-kernel/ids';
import { describeFulfillment, levelsOf, receive, reservationOf, typesOf } from './depot.ts';
import { listed, orderOf } from './story.ts';

describeFulfillment((openDepot) => {
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
});
