import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { histories } from '#app/contexts';
import { untilBlocked } from '../support/blocked.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/eventually.ts';
import { addressOf, type Child, startChild, startProgram, urlOf } from './child.ts';

/** The order that the banner shows, as a shell would hand it to curl. */
function bannersOrder(output: string): { url: string; header: string; body: string } {
  const [, url, header, body] = /^ *curl -s (\S+) -H '([^']*)' -d '([^']*)'$/m.exec(output)!;
  return { url: url!, header: header!, body: body! };
}

function placeAgain(output: string, url: string, more: Record<string, string> = {}): Promise<Response> {
  const { body } = bannersOrder(output);
  const headers = { 'content-type': 'application/json', ...more };
  return fetch(`${url}/api/checkout/orders`, { method: 'POST', headers, body });
}

const read = async (url: string) => (await fetch(url)).json() as Promise<Record<string, unknown>>;

const untilConfirmed = (url: string, id: string) =>
  until(async () => expect(await read(`${url}/api/checkout/orders/${id}`)).toMatchObject({ status: 'confirmed' }));

describe('microlith start', () => {
  test('takes the order of its banner to confirmed, and leaves no PostgreSQL behind', async () => {
    await using child = await startChild(['start']);
    const url = await addressOf(child);
    const { url: orders, header, body } = bannersOrder(child.output);
    expect([orders, header]).toEqual([`${url}/api/checkout/orders`, 'content-type: application/json']);
    const answer = await fetch(orders, { method: 'POST', headers: [header.split(': ') as [string, string]], body });
    const { id } = (await answer.json()) as { id: string };
    await untilConfirmed(url, id);
    await until(async () => expect(await read(`${url}/readyz`)).toEqual({ status: 'ready' }));
    const postmaster = join(child.dataDirectory, 'postgres', 'data', 'postmaster.pid');
    expect(existsSync(postmaster)).toBe(true);
    child.signal('SIGTERM');
    expect([await child.ended, child.output]).toEqual([0, expect.not.stringContaining('rror')]);
    await until(async () => expect(existsSync(postmaster)).toBe(false));
  });

  test.runIf(existsSync('/proc/self'))('says where it cannot keep its data, at once', async () => {
    await using child = await startChild(['start'], { MICROLITH_DATA: '/proc/x' });
    expect([await child.ended, child.output]).toEqual([
      1,
      expect.stringMatching(
        /^microlith: The embedded PostgreSQL cannot use \/proc\/x\/postgres: Error: ENOENT: .*\n.*\n$/,
      ),
    ]);
  });

  test('says what to do when its port is taken', async () => {
    const taken = createServer();
    await new Promise<void>((listening) => taken.listen(0, '127.0.0.1', listening));
    const { port } = taken.address() as { port: number };
    await using child = await startChild(['start'], { PORT: String(port) });
    expect(await child.ended).toBe(1);
    taken.close();
    expect(existsSync(join(child.dataDirectory, 'postgres')), 'it made no database first').toBe(false);
    expect(child.output).toBe(
      `microlith: cannot listen on 127.0.0.1:${port}: another program does so already. Set PORT to another port, or to 0 for any that is free\n`,
    );
  });
});

test('npm start hands on SIGTERM, and ends when its server has', async () => {
  await using child = await startProgram(['npm', 'start'], { MICROLITH_TOPOLOGY: 'memory', LOG_LEVEL: 'info' });
  const url = await addressOf(child);
  process.kill(child.pid, 'SIGTERM');
  await child.ended;
  const started = JSON.parse(/^\{.*"msg":"started".*$/m.exec(child.output)![0]) as object;
  expect(started).toMatchObject({ member: 'memory', pid: expect.any(Number), version: manifest.version, url });
  expect(child.output).toContain('stopped');
  await expect(fetch(`${url}/livez`)).rejects.toThrow('fetch failed');
});

describe('two servers that start at the same time on one database', () => {
  let database: TestDatabase;
  let one: Child;
  let other: Child;
  let urls: readonly [string, string];
  beforeAll(async () => {
    database = await createDatabase(histories);
    const environment = { DATABASE_URL: urlOf(database.address), MICROLITH_HISTROY: '30' };
    [one, other] = [await startChild(['start'], environment), await startChild(['start'], environment)];
    urls = [await addressOf(one), await addressOf(other)];
  });
  afterAll(async () => {
    await one[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const placedOrders = async () =>
    (await database.query<{ id: string }>('select id from checkout.orders')).map(({ id }) => id).toSorted();

  test('name a setting that is misspelt', () => {
    expect(one.output).toContain('MICROLITH_HISTROY is not a setting of microlith and has no effect');
  });

  test('do together what was asked once', async () => {
    const place = (url: string) => placeAgain(one.output, url, { 'idempotency-key': 'once' });
    const answers = await Promise.all([...urls, ...urls].map(place));
    const bodies = await Promise.all(answers.map((answer) => answer.text()));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(bodies).size).toBe(1);
    const { id } = JSON.parse(bodies[0]!) as { id: string };
    for (const url of urls) await untilConfirmed(url, id);
    expect(await placedOrders()).toEqual([id]);
  });

  test('answer everything that they took on before a Ctrl-C, and then end well', async () => {
    const placed = await placedOrders();
    const clients = Array.from({ length: 8 }, async () => {
      for (;;) {
        const answer = await placeAgain(one.output, urls[0]).catch(() => undefined);
        if (answer?.status !== 201) return answer?.status;
        placed.push(((await answer.json()) as { id: string }).id);
        if (placed.length === 40) one.signal('SIGINT');
      }
    });
    const refusals = await Promise.all(clients);
    expect(refusals.filter((status) => status !== undefined && status !== 503)).toEqual([]);
    expect([await one.ended, one.output]).toEqual([0, expect.not.stringContaining('rror')]);
    expect(await placedOrders()).toEqual(placed.toSorted());
  });

  test('end at once at the second Ctrl-C', async () => {
    await using hold = await holdOrders(database);
    const asked = fetch(`${urls[1]}/api/checkout/orders`).catch(() => 'cut off');
    await hold.untilWaiting();
    other.signal('SIGINT');
    await until(async () =>
      expect(await (await fetch(`${urls[1]}/readyz`)).text()).toContain('the server is stopping'),
    );
    other.signal('SIGINT');
    expect(await other.ended).toBe(1);
    expect(await asked).toBe('cut off');
  });
});

/** Keeps every request for orders waiting. */
async function holdOrders(database: TestDatabase) {
  const hold = new pg.Client(database.address);
  await hold.connect();
  await hold.query('begin; lock table checkout.orders in access exclusive mode');
  return {
    untilWaiting: () => untilBlocked(database, 1),
    [Symbol.asyncDispose]: () => hold.end(),
  };
}
