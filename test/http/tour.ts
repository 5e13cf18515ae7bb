import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { shipTo } from '../support/address.ts';
import type { Answer, TestApi } from './api.ts';
import { openShop, product } from './shop.ts';

/** One request of the tour. */
export interface Step {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly body?: object;
  /** What makes it another request of the same operation, where it is not the id in the URL. */
  readonly changed?: object;
}

type Ask = (step: Step) => Promise<Answer>;

/** Asks for every operation of the API, so that each succeeds. */
export async function takeTour(api: TestApi, ask: Ask): Promise<void> {
  const drain = () => api.system.drain();
  const shop = await openShop(api, 100);
  const { productId, warehouseId } = shop;
  const get = async (...urls: readonly [string, ...string[]]): Promise<Answer> => {
    const [url, ...more] = urls;
    const answer = await ask({ method: 'GET', url });
    for (const other of more) await ask({ method: 'GET', url: other });
    return answer;
  };
  const make = async (url: string, body: object, changed: object) => {
    const answer = await ask({ method: 'POST', url, body, changed });
    await drain();
    return answer.body.id as string;
  };
  const act = async (url: string, body?: object, changed?: object) => {
    await ask({ method: 'POST', url, ...(body && { body }), ...(changed && { changed }) });
    await drain();
  };

  const catalog = '/api/catalog';
  const partId = await make(`${catalog}/products`, { ...product, sku: 'BOLT', name: 'Bolt' }, { name: 'Nut' });
  const ofProduct = `${catalog}/products/${productId}`;
  await act(`${catalog}/products/by-ids`, { ids: [productId, partId] }, { ids: [] });
  await ask({ method: 'PATCH', url: ofProduct, body: { description: 'Two seats.', category: 'Cars' } });
  await ask({
    method: 'PUT',
    url: `${ofProduct}/specifications`,
    body: { specifications: [{ name: 'Doors', value: '2' }] },
  });
  await ask({ method: 'PUT', url: `${ofProduct}/parts-list`, body: { parts: [{ productId: partId, quantity: 4 }] } });
  const supplierId = await make(`${catalog}/suppliers`, { name: 'Northern Steel' }, { name: 'Southern Steel' });
  await ask({ method: 'PATCH', url: `${catalog}/suppliers/${supplierId}`, body: { creditRating: 2 } });
  const terms = { supplierId, productId: partId, price: product.price, leadTimeDays: 14 };
  await act(`${catalog}/supplies`, terms, { leadTimeDays: 15 });
  await get(`${catalog}/products?q=road&status=listed&category=Cars&limit=5`, ofProduct, `${ofProduct}/parts-list`);
  await get(`${ofProduct}/parts-list/explosion?quantity=3`, `${catalog}/products/${partId}/where-used`);
  await get(`${catalog}/suppliers`, `${catalog}/suppliers/${supplierId}`, `${catalog}/products/${partId}/supplies`);
  await ask({ method: 'DELETE', url: `${catalog}/products/${partId}/supplies/${supplierId}` });
  await act(`${catalog}/products/${partId}/discontinue`);

  const accounts = '/api/accounts/customers';
  const password = 'correct-horse-battery';
  const somebody = { name: 'Karl Benz', email: 'karl@example.com', password };
  const customerId = await make(accounts, somebody, { name: 'Carl Benz' });
  await get(`${accounts}?limit=1`, `${accounts}/${customerId}`);
  await act(`${accounts}/by-ids`, { ids: [customerId] }, { ids: [] });
  await ask({ method: 'PATCH', url: `${accounts}/${customerId}/profile`, body: { language: 'de-CH' } });
  await ask({ method: 'PUT', url: `${accounts}/${customerId}/roles`, body: { roles: ['customer', 'support'] } });
  const change = { currentPassword: password, newPassword: 'another-long-password' };
  await act(`${accounts}/${customerId}/password`, change, { newPassword: 'a-third-long-password' });
  await drain();

  const billing = '/api/billing';
  await ask({ method: 'PATCH', url: `${billing}/customers/${customerId}/details`, body: { taxId: 'DE136695976' } });
  await get(`${billing}/customers/${customerId}/details`);

  const fulfillment = '/api/fulfillment';
  const otherWarehouse = await make(`${fulfillment}/warehouses`, { name: 'Lyon' }, { name: 'Turin' });
  await make(`${fulfillment}/stock-receipts`, { productId, warehouseId, quantity: 5 }, { quantity: 6 });
  await act(
    `${fulfillment}/stock-adjustments`,
    { productId, warehouseId, difference: -1, reason: 'lost' },
    { reason: 'found' },
  );
  await act(
    `${fulfillment}/stock-transfers`,
    { productId, from: warehouseId, to: otherWarehouse, quantity: 2 },
    { quantity: 3 },
  );
  await get(`${fulfillment}/warehouses`, `${fulfillment}/stock`, `${fulfillment}/stock/${productId}`);
  await get(`${fulfillment}/stock-receipts`, `${fulfillment}/stock-adjustments?productId=${productId}`);

  const checkout = '/api/checkout';
  const ordered = { shipTo, paymentToken: 'tok_approve' };
  const cartId = await make(`${checkout}/carts`, { customerId }, { customerId: shop.customerId });
  const inCart = `${checkout}/carts/${cartId}/lines`;
  await act(inCart, { productId, quantity: 2 }, { quantity: 3 });
  await get(`${checkout}/carts/${cartId}`);
  await ask({ method: 'PATCH', url: `${inCart}/${productId}`, body: { quantity: 1 } });
  await ask({ method: 'DELETE', url: `${inCart}/${productId}` });
  await act(inCart, { productId, quantity: 5 }, { quantity: 3 });
  await make(`${checkout}/carts/${cartId}/order`, ordered, { paymentToken: 'tok_decline' });
  const orderId = await make(`${checkout}/orders`, shop.orderOf(2), { paymentToken: 'tok_decline' });
  const cancelled = await make(`${checkout}/orders`, shop.orderOf(1, { billTo: shipTo }), { billTo: undefined });
  await act(`${checkout}/orders/${cancelled}/cancel`, { reason: 'changed my mind' });
  await make(`${checkout}/recorded-orders`, recorded(customerId, productId), {
    freight: { amount: '2', currency: 'USD' },
  });
  await get(`${checkout}/orders?customerId=${customerId}&status=confirmed`, `${checkout}/orders/${orderId}`);
  await get(`${checkout}/orders/${cancelled}`);
  await act(`${checkout}/orders/by-ids`, { ids: [orderId, cancelled] }, { ids: [] });
  await act(`${billing}/invoices/by-order-ids`, { orderIds: [orderId] }, { orderIds: [] });

  const [invoice] = (await get(`${billing}/invoices?orderId=${orderId}`)).body.items;
  await get(`${billing}/invoices/${invoice.id}`, `${fulfillment}/reservations/${orderId}`);
  const [shipment] = (await get(`${fulfillment}/shipments?orderId=${orderId}`)).body.items;
  await get(`${fulfillment}/shipments/${shipment.id}`);
  await act(`${fulfillment}/shipments/${shipment.id}/dispatch`);
  await act(`${fulfillment}/shipments/${shipment.id}/deliver`);
  await act(`${billing}/invoices/${invoice.id}/refund`);
  await get(`${billing}/invoices/${invoice.id}`, `${fulfillment}/shipments/${shipment.id}`);

  const [mail] = (await get(`/api/notifications/mails?orderId=${orderId}`)).body.items;
  await get(`/api/notifications/mails/${mail.id}`);
  await act('/api/notifications/mails/by-order-ids', { orderIds: [orderId] }, { orderIds: [] });
  await act(`${accounts}/${customerId}/erase`);
  await get(`${accounts}/${customerId}`);
}

const recorded = (customerId: string, productId: string) => ({
  orderId: randomUUID(),
  customerId,
  placedAt: '2014-06-30T00:00:00Z',
  lines: [
    {
      productId,
      sku: 'ROADSTER',
      name: 'Roadster',
      quantity: 3,
      unitPrice: product.price,
      discount: '0.15',
      taxClass: 'standard',
    },
  ],
  tax: { amount: '1.2345', currency: 'USD' },
  freight: { amount: '0', currency: 'USD' },
  shipTo,
  billTo: shipTo,
  paymentToken: 'tok_approve',
});

/** Expects a success. */
export function expectSuccess({ method, url }: Step, answer: Answer): void {
  const { status, body } = answer;
  expect([method, url, status < 300 ? 'done' : [status, body]]).toEqual([method, url, 'done']);
}

/** The same operation, asked for something else. */
export function another({ method, url, body, changed }: Step): Step {
  if (changed) return { method, url, body: { ...body, ...changed } };
  return { method, url: url.replace(/[\da-f-]{36}/, randomUUID()), ...(body && { body }) };
}
