import { describe, expect, test } from 'vitest';
import { adjust, describeFulfillment, receive, typesOf } from './depot.ts';
import { orderOf } from './story.ts';

describeFulfillment((openDepot) => {
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
});
