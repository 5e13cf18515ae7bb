import { expect } from 'vitest';
import { shipTo } from '../support/address.ts';
import type { Answer, TestApi } from './api.ts';

/** A shop that was set up over HTTP: a product, somebody to buy it, and pieces of it. */
export interface Shop {
  readonly productId: string;
  readonly customerId: string;
  readonly warehouseId: string;
  /** The body of a request for an order. */
  orderOf(quantity: number, more?: object): object;
  order(quantity: number, more?: object): Promise<Answer>;
}

export const product = {
  sku: 'ROADSTER',
  name: 'Roadster',
  price: { amount: '19.99', currency: 'USD' },
  taxClass: 'standard',
  isForSale: true,
};

export const person = { name: 'Ada Lovelace', email: 'ada@example.com' };

export async function openShop(api: TestApi, stock = 10): Promise<Shop> {
  const productId = await idOf(api.post('/api/catalog/products', product));
  const customerId = await idOf(api.post('/api/accounts/customers', person));
  const warehouseId = await idOf(api.post('/api/fulfillment/warehouses', { name: 'Hamburg' }));
  await api.system.drain();
  await idOf(api.post('/api/fulfillment/stock-receipts', { productId, warehouseId, quantity: stock }));
  await api.system.drain();
  const orderOf = (quantity: number, more: object = {}) => ({
    customerId,
    lines: [{ productId, quantity }],
    shipTo,
    paymentToken: 'tok_approve',
    ...more,
  });
  const order = (quantity: number, more?: object) => api.post('/api/checkout/orders', orderOf(quantity, more));
  return { productId, customerId, warehouseId, orderOf, order };
}

/** The id of what was made. */
export async function idOf(answer: Promise<Answer>): Promise<string> {
  const { status, body } = await answer;
  expect([status, body]).toEqual([201, { id: expect.any(String) }]);
  return (body as { id: string }).id;
}
