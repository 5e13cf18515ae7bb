import { randomUUID } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { histories } from '#app/contexts';
import { createDatabase } from '../support/database.ts';
import { eventually, until } from '../support/eventually.ts';
import { openLine } from '../support/line.ts';
import { openMemorySystem, openSystemOn } from '../support/system.ts';
import { openApi } from './api.ts';
import { Client, runServer } from './running.ts';
import { idOf, openShop, person } from './shop.ts';

const JSON_BODY = { 'content-type': 'application/json' };
const quiet = { reportError: () => undefined };

/** A server on a database of its own, by a line that can be cut. */
async function runOnPostgres() {
  const stack = new AsyncDisposableStack();
  const database = stack.use(await createDatabase(histories));
  const line = stack.use(await openLine(database.address));
  const running = stack.use(await runServer(openSystemOn(line.address, quiet)));
  const client = new Client(running.server.url);
  /** A database that is slow to answer is said to be away. */
  const readiness = async () => {
    const { status, body } = await client.get('/readyz');
    return [status, status === 200 ? body.status : body.detail];
  };
  return { database, line, running, client, readiness, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

describe('a server', () => {
  test('is alive and ready', async () => {
    await using server = await runOnPostgres();
    expect((await server.client.get('/livez')).body).toEqual({ status: 'alive' });
    await until(async () => expect(await server.readiness()).toEqual([200, 'ready']));
  });

  test('is not ready while a migration is missing, and says which', async () => {
    await using server = await runOnPostgres();
    await server.database.query(`delete from checkout.migration where name = '0001_create_orders'`);
    await until(async () =>
      expect(await server.readiness()).toEqual([503, 'migrations are missing: checkout/0001_create_orders']),
    );
  });

  test('is not ready without its database, but alive, and says of a request that it cannot be carried out now', async () => {
    await using server = await runOnPostgres();
    await server.line.cut();
    await until(async () =>
      expect(await server.readiness()).toEqual([503, expect.stringMatching(/ENOENT|terminated/)]),
    );
    expect((await server.client.get('/livez')).status).toBe(200);
    expect(await server.client.post('/api/accounts/customers', person)).toMatchObject({
      status: 503,
      headers: { 'content-type': 'application/problem+json' },
      body: { code: 'http.database-unavailable', detail: 'this request has done nothing; ask again in a moment' },
    });
    const adviceOf = async (method: string, path: string, body?: object) =>
      (await server.client.ask(method, path, JSON.stringify(body), JSON_BODY)).body.detail;
    expect(await adviceOf('GET', '/api/accounts/customers')).toBe(
      'nothing can be read just now; ask again in a moment',
    );
    expect(await adviceOf('PATCH', `/api/accounts/customers/${randomUUID()}/profile`, { name: 'Ada' })).toBe(
      'this request has done nothing; ask again in a moment',
    );
  });

  test('says of a request under which the connection was lost that nobody knows, and how to repeat it', async () => {
    const system = await openMemorySystem();
    const lost = new Error('Connection terminated unexpectedly');
    const { accounts } = system.contexts;
    const commands = {
      ...accounts.commands,
      registerCustomer: () => Promise.reject(lost),
      changeProfile: () => Promise.reject(lost),
    };
    const contexts = { ...system.contexts, accounts: { ...accounts, commands } };
    await using running = await runServer(Promise.resolve({ ...system, contexts }));
    const client = new Client(running.server.url);
    const adviceOn = async (method: string, path: string, body: object, headers = {}) =>
      (await client.ask(method, `/api/accounts/customers${path}`, JSON.stringify(body), { ...JSON_BODY, ...headers }))
        .body.detail;
    const unknown = 'whether the request was carried out is not known; ';
    expect(await adviceOn('POST', '', person, { 'idempotency-key': 'k' })).toBe(
      `${unknown}repeat it with the same Idempotency-Key`,
    );
    expect(await adviceOn('POST', '', person)).toContain(`${unknown}look whether it was`);
    expect(await adviceOn('PATCH', `/${randomUUID()}/profile`, { name: 'Ada' })).toBe(`${unknown}repeat it`);
  });

  test('is not ready when its relay has stopped, and says why', async () => {
    const system = await openMemorySystem();
    vi.spyOn(system.relay, 'run').mockRejectedValue(new Error('the relay has a defect'));
    await using running = await runServer(Promise.resolve(system));
    const client = new Client(running.server.url);
    await until(async () =>
      expect(await client.get('/readyz')).toMatchObject({ status: 503, body: { detail: 'the relay has a defect' } }),
    );
    expect((await client.get('/livez')).status).toBe(200);
  });
});

describe('the metrics', () => {
  test('count every request under its operation and status, and never by its URL', async () => {
    await using api = await openApi(openMemorySystem());
    const shop = await openShop(api);
    const orderId = await idOf(shop.order(1));
    await api.get(`/api/checkout/orders/${orderId}`);
    await api.get(`/api/checkout/orders/${shop.productId}`);
    await api.get('/api/nothing');
    const { body, headers } = await api.get('/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain; version=0.0.4/);
    const count = (labels: string) =>
      Number(new RegExp(`^microlith_http_request_seconds_count\\{${labels}\\} (.*)$`, 'm').exec(body)?.[1]);
    expect(count('operation="checkout.placeOrder",status="201"')).toBe(1);
    expect(count('operation="checkout.getOrder",status="200"')).toBe(1);
    expect(count('operation="checkout.getOrder",status="404"')).toBe(1);
    expect(count('operation="none",status="404"')).toBe(1);
    expect(body).not.toContain(orderId);
  });

  test('are what Prometheus reads, with the process, the pool and the lanes', async () => {
    await using server = await runOnPostgres();
    await server.client.get('/api/checkout/orders');
    let text = '';
    await eventually(
      async () => (text = (await server.client.get('/metrics')).body),
      async () => expect(text).toMatch(/^microlith_lane_lag_events\{lane="checkout.advanceOrder"\} 0/m),
    );
    const sample = /^[a-z_]\w*(\{[a-z_]+="[^"\n]*"(,[a-z_]+="[^"\n]*")*\})? (-?[\d.]+(e[+-]?\d+)?|nan|\+inf)$/i;
    const isComment = (line: string) => /^# (HELP|TYPE) [a-z_]\w* .+$/.test(line);
    expect(text.split('\n').filter((line) => line !== '' && !isComment(line) && !sample.test(line))).toEqual([]);
    expect(text).toMatch(/^process_resident_memory_bytes \d+/m);
    expect(text).toMatch(/^microlith_pool_connections\{state="(busy|idle)"\} [1-9]/m);
    expect(text).toMatch(/^microlith_pool_connections\{state="waiting"\} \d/m);
  });
});
