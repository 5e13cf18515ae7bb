import { expect, test } from 'vitest';
import { newId, OrderId } from '#shared-kernel/ids';
import { describeCheckout, order } from './shop.ts';

describeCheckout((openShop) => {
  test('orders are listed page by page', async () => {
    const shop = await openShop();
    const placed = [await order(shop), await order(shop), await order(shop)];
    const first = await shop.as(() => shop.context.queries.listOrders({ limit: 2 }));
    const rest = await shop.as(() => shop.context.queries.listOrders({ limit: 2, after: first.next! }));
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(placed);
    expect(rest.next).toBeNull();
    const cancelled = await shop.as(() => shop.context.queries.listOrders({ limit: 2, status: 'cancelled' }));
    expect(cancelled.items).toEqual([]);
  });

  test('orders are listed by their ids, those that nobody knows left out', async () => {
    const shop = await openShop();
    const [first, , last] = [await order(shop), await order(shop), await order(shop)];
    const ids = [last, newId(OrderId), first, last];
    const found = await shop.as(() => shop.context.queries.listOrdersByIds({ ids }));
    expect(found.map(({ id, lines }) => `${id} ${lines.length}`).toSorted()).toEqual([`${first} 1`, `${last} 1`]);
    expect(await shop.as(() => shop.context.queries.listOrdersByIds({ ids: [] }))).toEqual([]);
  });
});
