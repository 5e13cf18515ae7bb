import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { histories } from '#app/contexts';
import { createScryptHasher } from '#contexts/accounts/adapters/scrypt';
import { CustomerId } from '#shared-kernel/ids';
import { createDatabase } from '../support/database.ts';
import {
  asOperator,
  openMemorySystem,
  openPostgresSystem,
  openSystemOn,
  type TestSystemOptions,
} from '../support/system.ts';
import { type Answer, openApi, type TestApi } from './api.ts';
import { idOf, openShop, person, type Shop } from './shop.ts';
import { another, expectSuccess, type Step, takeTour } from './tour.ts';

/** As cheap as it gets: what is proved here does not depend on the cost. */
const passwords = createScryptHasher({ ln: 4, r: 8, p: 1 });
const PASSWORD = 'correct-horse-battery';

const requestOf = ({ method, url, body }: Step, headers = {}) => ({
  method,
  url,
  headers,
  ...(body && { payload: body }),
});
const keyed = (key: string) => ({ 'idempotency-key': key });
const outcome = ({ status, body }: Answer) => [status, body];
const REUSED = { status: 422, body: { code: 'messaging.idempotency-key-reused' } };

describe.each([
  ['in memory', (options: TestSystemOptions) => openMemorySystem(options)],
  ['on PostgreSQL', (options: TestSystemOptions) => openPostgresSystem(options)],
])('an idempotency key, %s,', (_where, openSystem) => {
  let api: TestApi;
  let shop: Shop;
  beforeAll(async () => {
    api = await openApi(openSystem({ passwords }));
    shop = await openShop(api, 100);
  });
  afterAll(() => api[Symbol.asyncDispose]());

  let k1: string;
  let ordersBefore: number;
  const orders = async () => (await api.get('/api/checkout/orders')).body.items.length;
  const newOrders = async () => (await orders()) - ordersBefore;
  beforeEach(async () => {
    k1 = randomUUID();
    ordersBefore = await orders();
  });

  const place = (key: string, quantity = 1) => api.post('/api/checkout/orders', shop.orderOf(quantity), keyed(key));

  test('makes a repeat give the same answer and do nothing again', async () => {
    const first = await place(k1);
    await api.system.drain();
    expect(outcome(await place(k1))).toEqual(outcome(first));
    expect(await newOrders()).toBe(1);
  });

  test('is one request, in whatever order its fields come', async () => {
    const body = shop.orderOf(1);
    const turned = Object.fromEntries(Object.entries(body).toReversed());
    const first = await api.post('/api/checkout/orders', body, keyed(k1));
    expect(outcome(await api.post('/api/checkout/orders', turned, keyed(k1)))).toEqual(outcome(first));
  });

  test('is refused for another request', async () => {
    await place(k1, 1);
    expect(await place(k1, 2)).toMatchObject(REUSED);
    expect(await newOrders()).toBe(1);
  });

  test('makes one order of twins that come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => place(k1)));
    expect(new Set(answers.map((answer) => JSON.stringify(outcome(answer)))).size).toBe(1);
    expect(answers[0]!.status).toBe(201);
    expect(await newOrders()).toBe(1);
  });

  test('may be used again after a refusal', async () => {
    const lines = [{ productId: shop.customerId, quantity: 1 }];
    const refused = await api.post('/api/checkout/orders', shop.orderOf(1, { lines }), keyed(k1));
    expect(refused.status).toBe(422);
    expect(await place(k1)).toMatchObject({ status: 201 });
  });

  test('belongs to one operation', async () => {
    await place(k1);
    expect(await api.post('/api/checkout/carts', { customerId: shop.customerId }, keyed(k1))).toMatchObject({
      status: 201,
    });
  });

  test.each(['', 'two words', 'ключ', 'x'.repeat(256)])('that is %j is refused by its header', async (key) => {
    expect(await place(key)).toMatchObject({
      status: 400,
      body: { code: 'http.invalid-input', errors: [{ in: 'header', path: 'Idempotency-Key' }] },
    });
    expect(await newOrders()).toBe(0);
  });

  test('is honoured by every POST', async () => {
    await using fresh = await openApi(openSystem({ passwords }));
    await takeTour(fresh, async (step) => {
      if (step.method !== 'POST') return fresh.ask(requestOf(step));
      const key = keyed(`${step.url} ${JSON.stringify(step.body)}`.replaceAll(/[^!-~]/g, '').slice(0, 255));
      const first = await fresh.ask(requestOf(step, key));
      expectSuccess(step, first);
      await fresh.system.drain();
      expect([step.url, outcome(await fresh.ask(requestOf(step, key)))]).toEqual([step.url, outcome(first)]);
      expect([step.url, await fresh.ask(requestOf(another(step), key))]).toMatchObject([step.url, REUSED]);
      return first;
    });
  });

  describe('of a request with a password', () => {
    const register = (password: string) =>
      api.post('/api/accounts/customers', { ...person, email: `${k1}@example.com`, password }, keyed(k1));
    const change = (customerId: string, currentPassword: string, newPassword: string) =>
      api.post(`/api/accounts/customers/${customerId}/password`, { currentPassword, newPassword }, keyed(k1));
    const isPassword = (customerId: string, password: string) =>
      asOperator(async () => {
        const person = CustomerId.parse(customerId);
        return (await api.system.contexts.accounts.queries.verifyPassword({ customerId: person, password })) !== null;
      });

    test('registers twins that come at once as one customer', async () => {
      const answers = await Promise.all([register(PASSWORD), register(PASSWORD), register(PASSWORD)]);
      expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    });

    test('is refused for another password', async () => {
      const customerId = await idOf(register(PASSWORD));
      expect(await register(`${PASSWORD}!`)).toMatchObject(REUSED);
      expect(await isPassword(customerId, PASSWORD)).toBe(true);
    });

    test('makes a repeated change of a password give the same answer', async () => {
      const customerId = await idOf(register(PASSWORD));
      const changes = await Promise.all([1, 2, 3].map(() => change(customerId, PASSWORD, 'another-long-password')));
      expect(changes.map(({ status }) => status)).toEqual([204, 204, 204]);
      expect(await change(customerId, PASSWORD, 'another-long-password')).toMatchObject({ status: 204 });
      expect(await change(customerId, PASSWORD, 'a-third-long-password')).toMatchObject(REUSED);
      expect(await isPassword(customerId, 'another-long-password')).toBe(true);
    });
  });
});

describe('an idempotency key, with two servers on one database,', () => {
  test('makes one order of twins that come to both at once, and again afterwards', async () => {
    await using database = await createDatabase(histories);
    await using one = await openApi(openSystemOn(database.address, { passwords }));
    await using other = await openApi(openSystemOn(database.address, { passwords }));
    const shop = await openShop(one);
    await other.system.drain();
    const place = (api: TestApi) => api.post('/api/checkout/orders', shop.orderOf(1), keyed('k1'));
    const answers = await Promise.all([place(one), place(other), place(one), place(other)]);
    const [first, ...rest] = [...answers, await place(one), await place(other)].map(outcome);
    for (const answer of rest) expect(answer).toEqual(first);
    expect((await one.get('/api/checkout/orders')).body.items).toHaveLength(1);
    expect(await other.post('/api/checkout/orders', shop.orderOf(2), keyed('k1'))).toMatchObject(REUSED);
  });

  test('is stored without the digest of a password', async () => {
    await using database = await createDatabase(histories);
    await using api = await openApi(openSystemOn(database.address, { passwords }));
    const body = { ...person, password: PASSWORD };
    await idOf(api.post('/api/accounts/customers', body, keyed('k1')));
    const [row] = await database.query<{ fingerprint: string }>('select fingerprint from accounts.idempotency');
    const withoutPassword = createHash('sha256').update(
      JSON.stringify({ email: person.email, language: 'en', name: person.name }),
    );
    expect(row!.fingerprint).toMatch(/^[\w-]{43}\.[\da-f]{4}$/);
    expect(row!.fingerprint.split('.')[0]).toBe(withoutPassword.digest('base64url'));
  });
});
