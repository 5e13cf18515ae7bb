import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { shipTo } from '../support/address.ts';
import { openMemorySystem, openPostgresSystem } from '../support/system.ts';
import { type Answer, openApi, type TestApi } from './api.ts';
import { idOf, openShop, person, product, type Shop } from './shop.ts';

async function orderAtOnce(api: TestApi): Promise<Answer> {
  const customerId = await idOf(api.post('/api/accounts/customers', person));
  const productId = await idOf(api.post('/api/catalog/products', product));
  const order = { customerId, lines: [{ productId, quantity: 1 }], shipTo, paymentToken: 'tok_approve' };
  return api.post('/api/checkout/orders', order);
}

describe.each([
  ['in memory', openMemorySystem],
  ['on PostgreSQL', openPostgresSystem],
])('the shop over HTTP, %s', (_where, openSystem) => {
  let api: TestApi;
  beforeEach(async () => void (api = await openApi(openSystem())));
  afterEach(() => api[Symbol.asyncDispose]());

  const statusOf = async (orderId: string) => {
    const { body } = await api.get(`/api/checkout/orders/${orderId}`);
    return [body.status, body.reason];
  };

  test('takes an order from click to delivery', async () => {
    const shop = await openShop(api);
    const orderId = await idOf(shop.order(2));
    expect(await statusOf(orderId)).toEqual(['placed', null]);
    await api.system.drain();
    expect(await statusOf(orderId)).toEqual(['confirmed', null]);
    const invoices = await api.get(`/api/billing/invoices?orderId=${orderId}`);
    expect(invoices.body).toMatchObject({ items: [{ orderId, status: 'paid', lines: [{ quantity: 2 }] }], next: null });
    const shipments = await api.get(`/api/fulfillment/shipments?orderId=${orderId}`);
    const [{ id }] = shipments.body.items;
    expect(await api.post(`/api/fulfillment/shipments/${id}/dispatch`)).toMatchObject({ status: 204, body: '' });
    await api.system.drain();
    expect(await statusOf(orderId)).toEqual(['shipped', null]);
    expect(await api.post(`/api/fulfillment/shipments/${id}/deliver`)).toMatchObject({ status: 204, body: '' });
    await api.system.drain();
    expect(await statusOf(orderId)).toEqual(['completed', null]);
  });

  test('takes a cancellation as a request, and says so until it is decided', async () => {
    const shop = await openShop(api);
    const orderId = await idOf(shop.order(2));
    expect(await api.post(`/api/checkout/orders/${orderId}/cancel`)).toMatchObject({ status: 202, body: {} });
    expect((await api.get(`/api/checkout/orders/${orderId}`)).body).toMatchObject({ cancellationRequested: true });
    await api.system.drain();
    expect(await statusOf(orderId)).toEqual(['cancelled', 'cancelled by the customer']);
  });

  test('gives lists page by page', async () => {
    const shop = await openShop(api);
    const ids = [];
    for (let at = 0; at < 5; at += 1) ids.push(await idOf(shop.order(1)));
    const found: string[] = [];
    for (let after: string | null = ''; after !== null;) {
      const url: string = `/api/checkout/orders?limit=2${after && `&after=${after}`}`;
      const { body } = await api.get(url);
      found.push(...body.items.map(({ id }: { id: string }) => id));
      after = body.next;
    }
    expect(new Set(found)).toEqual(new Set(ids));
    expect(found).toHaveLength(5);
  });

  test('orders a product that was listed the moment before', async () => {
    await using running = await openApi(openSystem(), { isRunning: true });
    const stop = new AbortController();
    const delivering = running.system.run(stop.signal);
    try {
      expect(await orderAtOnce(running)).toMatchObject({ status: 201 });
    } finally {
      stop.abort();
      await delivering;
    }
  });

  test('catches up and asks once more, where the product had not been heard of', async () => {
    expect(await orderAtOnce(api)).toMatchObject({ status: 201 });
  });

  test('does not refuse for good what it may only not have heard of yet', async () => {
    await using behind = await openApi(openSystem(), { isBehind: true });
    const first = await orderAtOnce(behind);
    expect(first).toMatchObject({ status: 503, body: { code: 'http.news-overdue' } });
    expect(first.body.detail).toMatch(/is not registered; but news is overdue/);
  });

  test('refuses an order for what nobody sells, by a stable code', async () => {
    const shop: Shop = await openShop(api);
    const lines = [{ productId: shop.customerId, quantity: 1 }];
    expect(await shop.order(1, { lines })).toMatchObject({
      status: 422,
      body: { code: 'checkout.product-not-for-sale', details: { productId: shop.customerId } },
    });
  });
});
