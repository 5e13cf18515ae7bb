import { describe, expect, test } from 'vitest';
import { shipTo } from '../../support/address.ts';
import { confirm, describeFulfillment, levelsOf, reservationOf, shipmentsOf, typesOf } from './depot.ts';
import { orderOf } from './story.ts';

describeFulfillment((openDepot) => {
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
});
