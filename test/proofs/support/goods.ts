import type { CustomerId } from '#shared-kernel/ids';
import type { Answer, HttpClient } from './http-client.ts';
import type { Demand } from './demand.ts';

const AT_ONCE = 8;

/** Fills the shop with what the demand is about; returns the customers, as they were numbered. @throws {ShopNotOpened} */
export async function fillShop(client: HttpClient, demand: Demand): Promise<readonly CustomerId[]> {
  const { products, warehouses, customers, receipts } = demand;
  await eachOf(warehouses, (warehouse) => make(client, '/api/fulfillment/warehouses', warehouse, warehouse.name));
  await eachOf(products, (product) => make(client, '/api/catalog/products', product, product.sku));
  await eachOf(receipts, (receipt) => make(client, '/api/fulfillment/stock-receipts', receipt, receipt.receiptId));
  return Promise.all(
    customers.map((customer) => make<CustomerId>(client, '/api/accounts/customers', customer, customer.email)),
  );
}

/** The shop cannot be what the proof needs: nothing that follows would mean anything. */
export class ShopNotOpened extends Error {
  constructor(path: string, { status, body }: Answer) {
    super(`POST ${path} was answered with ${status} ${JSON.stringify(body)}`);
    this.name = 'ShopNotOpened';
  }
}

async function make<Id>(client: HttpClient, path: string, body: object, name: string): Promise<Id> {
  const key = `make-${name.replaceAll(' ', '-')}`;
  const answer = await client.call({ method: 'POST', path, body, key, mayEnd: [201] });
  if (answer.status !== 201) throw new ShopNotOpened(path, answer);
  return answer.body['id'] as Id;
}

/** Several at once, each item once. */
export async function eachOf<Item>(
  items: Iterable<Item>,
  work: (item: Item, worker: number) => Promise<unknown>,
  atOnce = AT_ONCE,
): Promise<void> {
  const queue = Iterator.from(items);
  await Promise.all(
    Array.from({ length: atOnce }, async (_, worker) => {
      for (let next = queue.next(); !next.done; next = queue.next()) await work(next.value, worker);
    }),
  );
}
