import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { histories } from '#app/contexts';
import { loggingObserver } from '#app/observers';
import { createScryptHasher } from '#contexts/accounts/adapters/scrypt';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { openSystemOn } from '../support/system.ts';
import { openApi, type TestApi } from './api.ts';
import { captureLog, DEBUG, ERROR, type LogLine, WARN } from './log.ts';
import { idOf, openShop, person, type Shop } from './shop.ts';

const MARKER = 'marker-4711';
const secretive = { ...person, email: `${MARKER}@example.com`, password: `${MARKER}-battery-staple` };
const secretAddress = { recipient: MARKER, street: MARKER, city: MARKER, postalCode: MARKER, country: 'GB' };

describe('the log', () => {
  const { logger, lines } = captureLog();
  const reportError = (err: unknown) => logger.warn({ err }, 'something went wrong that is being handled');
  const passwords = createScryptHasher({ ln: 4, r: 8, p: 1 });
  let database: TestDatabase;
  let api: TestApi;
  let shop: Shop;
  beforeAll(async () => {
    database = await createDatabase(histories);
    const options = { passwords, reportError, observer: loggingObserver(logger) };
    api = await openApi(openSystemOn(database.address, options), { log: { logger, lines } });
    shop = await openShop(api);
  });
  afterAll(async () => {
    await api[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const linesOf = (correlationId: unknown) => lines.filter((line) => line.correlationId === correlationId);
  const expectNoMarker = () => expect(lines.filter((line) => JSON.stringify(line).includes(MARKER))).toEqual([]);

  test('has no secrets of requests that are carried out', async () => {
    const customerId = await idOf(api.post('/api/accounts/customers', secretive, { 'idempotency-key': 'k1' }));
    const change = { currentPassword: secretive.password, newPassword: `${MARKER}-correct-horse` };
    await api.post(`/api/accounts/customers/${customerId}/password`, change);
    await idOf(shop.order(1, { paymentToken: `tok_approve_${MARKER}` }));
    await idOf(shop.order(1, { paymentToken: `tok_decline_${MARKER}` }));
    await idOf(shop.order(1, { paymentToken: `tok_fail_once_${MARKER}` }));
    await api.system.drain();
    expect(lines.filter(({ msg }) => msg === 'handled a batch')).not.toEqual([]);
    expect(lines.filter(({ msg }) => msg === 'a call to the outside failed')).toMatchObject([
      { level: DEBUG, kind: 'billing.capturePayment', id: expect.any(String), ms: expect.any(Number) },
    ]);
    expectNoMarker();
  });

  test('has a line of each batch for debugging, and nothing of what goes well for anybody else', async () => {
    const from = lines.length;
    await idOf(shop.order(1));
    await api.system.drain();
    const fresh = lines.slice(from);
    const lanes = fresh.filter(({ msg }) => msg === 'handled a batch').map(({ lane }) => lane);
    expect(lanes).toContain('billing.billOrders');
    expect(fresh.filter(({ level }) => level > DEBUG)).toEqual([]);
  });

  test('has one line of a request that was refused, for debugging, without what was sent', async () => {
    const { headers } = await api.post('/api/accounts/customers', { ...secretive, age: MARKER, name: 7 });
    expect(linesOf(headers['x-correlation-id'])).toMatchObject([
      { level: DEBUG, msg: 'a request was refused', path: '/api/accounts/customers', code: 'http.invalid-input' },
    ]);
    await api.get(`/api/catalog/products?q=${MARKER}&colour=${MARKER}`);
    expectNoMarker();
  });

  test('has one error of a request that failed, without the row that PostgreSQL quotes', async () => {
    await database.query(`alter table checkout.orders add constraint lately check (bill_to is null) not valid`);
    const answer = await shop.order(1, { shipTo: secretAddress, paymentToken: MARKER });
    await database.query('alter table checkout.orders drop constraint lately');
    expect(answer).toMatchObject({ status: 500, body: { code: 'http.internal-error' } });
    expect(answer.body.correlationId).toBe(answer.headers['x-correlation-id']);
    const [line, ...more]: LogLine[] = linesOf(answer.body.correlationId);
    expect(line).toMatchObject({
      level: ERROR,
      msg: 'a request failed',
      err: {
        message: expect.stringContaining('violates check constraint'),
        code: '23514',
        stack: expect.stringContaining('    at '),
      },
    });
    expect(more).toEqual([]);
    expectNoMarker();
    expect(JSON.stringify(line)).not.toContain('Failing row');
  });

  test('has no row of a batch that failed', async () => {
    await database.query(`alter table billing.billable_orders add constraint lately check (to_bill is null) not valid`);
    const orderId = await idOf(shop.order(1, { paymentToken: MARKER, billTo: secretAddress }));
    await api.system.drain();
    expect(lines.filter(({ msg }) => msg.startsWith('an event was parked'))).toMatchObject([
      { key: orderId, level: WARN },
    ]);
    expectNoMarker();
    expect(JSON.stringify(lines)).not.toContain('Failing row');
  });
});
