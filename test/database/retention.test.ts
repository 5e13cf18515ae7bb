import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { histories } from '#app/contexts';
import { dropPartitions, preparePartitions } from '#events/messaging/adapters/postgresql/log/partitions';
import { pruneDaily } from '#events/messaging/adapters/postgresql/operations/prune-daily';
import { createPool } from '#events/messaging/adapters/postgresql/transactions/pool';
import type { Backbone } from '#app/persistence/backbone';
import { createPostgresBackbone } from '#app/persistence/postgres-backbone';
import { systemClock } from '#shared-kernel/clock';
import { type Desk, openDesk } from '../support/desk.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/eventually.ts';

const A_PARTITION = 1_000_000;
const AHEAD = 8;
const retention = { history: 7, bookkeeping: 30 };

const APPEND = `
  insert into messaging.log (id, type, version, tenant_id, data, occurred_at, correlation_id, causation_id, actor, source)
  values (gen_random_uuid(), 'catalog.ProductDiscontinued', 1, 'default', '{}', now(), gen_random_uuid(), gen_random_uuid(), 'test', 'test')`;

const numbers = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at);

/** Their numbers. */
const partitionsOf = async (database: TestDatabase) =>
  (
    await database.query<{ number: number }>(
      `select substring(inhrelid::regclass::text from '[0-9]+$')::int as number from pg_inherits
        where inhparent = 'messaging.log'::regclass order by number`,
    )
  ).map(({ number }) => number);

const drawn = (database: TestDatabase, position: number) =>
  database.query(`select setval('messaging.log_position_seq', ${position})`);

describe('the log', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await openDesk();
  });
  afterEach(() => desk[Symbol.asyncDispose]());

  test('has eight partitions ahead of what is drawn, and is appended to while they are made', async () => {
    expect(await preparePartitions(desk.pool)).toBe(A_PARTITION);
    expect(await partitionsOf(desk.database)).toEqual(numbers(0, AHEAD));
    await drawn(desk.database, 3 * A_PARTITION);
    const appender = await desk.pool.connect();
    await appender.query('begin; lock table messaging.log in row exclusive mode');
    expect(await preparePartitions(desk.pool)).toBe(4 * A_PARTITION);
    await appender.query('commit');
    appender.release();
    expect(await partitionsOf(desk.database)).toEqual(numbers(0, 3 + AHEAD));
  });

  test('gets no partition back that was pruned', async () => {
    await preparePartitions(desk.pool);
    await drawn(desk.database, 2 * A_PARTITION);
    await dropPartitions(desk.pool, async (_client, { last }) => last < 2 * A_PARTITION);
    await preparePartitions(desk.pool);
    expect(await partitionsOf(desk.database)).toEqual(numbers(2, 2 + AHEAD));
  });

  const passHours = (hours: number) =>
    desk.database.query(`update messaging.log_identity set pruned_at = pruned_at - interval '${hours} hours'`);

  test('is pruned once a day, by the clock of the database, by whoever comes first', async () => {
    const prune = () => Promise.all([pruneDaily(desk.pool, retention), pruneDaily(desk.pool, retention)]);
    expect((await prune()).filter(Boolean)).toHaveLength(1);
    expect((await prune()).filter(Boolean)).toEqual([]);
    await passHours(24);
    expect((await prune()).filter(Boolean)).toHaveLength(1);
  });

  test('is pruned again an hour after that failed', async () => {
    const appender = await desk.pool.connect();
    await appender.query('begin; lock table desk.ledger in access exclusive mode');
    await desk.pool.query(`set lock_timeout = '50ms'`);
    await expect(pruneDaily(desk.pool, retention)).rejects.toThrow('lock timeout');
    await appender.query('commit');
    appender.release();
    expect(await pruneDaily(desk.pool, retention)).toBeUndefined();
    await passHours(1);
    expect(await pruneDaily(desk.pool, retention)).toBeDefined();
  });
});

describe('a server', () => {
  let database: TestDatabase;
  let backbone: Backbone;
  const abort = { running: new AbortController(), done: Promise.resolve() };
  const pruned: unknown[] = [];
  let troubles: unknown[];
  beforeEach(async () => {
    database = await createDatabase(histories);
    pruned.length = 0;
    troubles = [];
    abort.running = new AbortController();
  });
  afterEach(async () => {
    abort.running.abort();
    await abort.done;
    await backbone.close();
    await database[Symbol.asyncDispose]();
  });
  const start = (history: number | null = null): void => {
    backbone = createPostgresBackbone(database.address, {
      poolSize: 4,
      clock: systemClock,
      reportError: (error, duty) => troubles.push([error, duty]),
      retention: { history, bookkeeping: 30 },
      onPruned: (what) => pruned.push(what),
    });
    abort.done = backbone.tend(abort.running.signal);
  };

  /** A fact in each of two partitions, ten days old. */
  async function appendOldFacts(): Promise<void> {
    const pool = createPool(database.address, { largest: 1, reportError: () => undefined });
    await preparePartitions(pool);
    await pool.end();
    await database.query(APPEND);
    await drawn(database, A_PARTITION);
    await database.query(APPEND);
    await database.query(`update messaging.log set recorded_at = now() - interval '10 days'`);
  }

  test.each([
    ['for ever unless it is told how long', null, []],
    ['for as long as it is told', 20, []],
    ['no longer than it is told', 7, ['log_0']],
  ])('prunes by itself, and keeps facts %s', async (_howLong, history, partitions) => {
    await appendOldFacts();
    start(history);
    await until(async () =>
      expect(pruned).toEqual([{ partitions, ledgerRows: 0, idempotencyKeys: 0, requests: 0, recoveries: 0 }]),
    );
    expect(troubles).toEqual([]);
  });

  test('says that it was pruning when that fails', async () => {
    await database.query('alter table messaging.log_identity rename to gone');
    start();
    await until(async () => expect(troubles).toContainEqual([expect.objectContaining({ code: '42P01' }), 'pruning']));
  });

  test('has partitions ready ahead of the log at every look, though nobody delivers', async () => {
    await drawn(database, 3 * A_PARTITION);
    start();
    await until(async () => expect(await partitionsOf(database)).toEqual([0, ...numbers(3, 3 + AHEAD)]));
    await drawn(database, 4 * A_PARTITION);
    await until(async () => expect((await partitionsOf(database)).at(-1)).toBe(4 + AHEAD));
    expect(troubles).toEqual([]);
  });
});
