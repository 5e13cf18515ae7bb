import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { histories } from '#app/contexts';
import { isWellPrepared, preparePartitions } from '#events/messaging/adapters/postgresql/partitions';
import { pruneDaily } from '#events/messaging/adapters/postgresql/operations/prune-daily';
import { createPostgresBackbone } from '#app/persistence/postgres-backbone';
import { systemClock } from '#shared-kernel/clock';
import { type Desk, openDesk } from '../support/desk.ts';
import { createDatabase } from '../support/database.ts';
import { until } from '../support/eventually.ts';

const A_PARTITION = 1_000_000;
const AHEAD = 8;
const retention = { history: 7, bookkeeping: 30 };

describe('the log', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await openDesk();
  });
  afterEach(() => desk[Symbol.asyncDispose]());

  const partitions = async () =>
    (
      await desk.database.query<{ name: string }>(
        `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'messaging.log'::regclass order by length(inhrelid::regclass::text), 1`,
      )
    ).map(({ name }) => name);

  test('has eight partitions ahead of its end, and is appended to while they are made', async () => {
    await preparePartitions(desk.pool, 0);
    expect(await partitions()).toHaveLength(1 + AHEAD);
    const appender = await desk.pool.connect();
    await appender.query('begin; lock table messaging.log in row exclusive mode');
    await preparePartitions(desk.pool, 3 * A_PARTITION);
    await appender.query('commit');
    appender.release();
    expect((await partitions()).at(-1)).toBe(`messaging.log_${3 + AHEAD}`);
    expect([isWellPrepared(0, 3 * A_PARTITION), isWellPrepared(0, 4 * A_PARTITION)]).toEqual([true, false]);
  });

  test('is pruned once a day, by the clock of the database, by whoever comes first', async () => {
    const prune = () => Promise.all([pruneDaily(desk.pool, retention), pruneDaily(desk.pool, retention)]);
    expect((await prune()).filter(Boolean)).toHaveLength(1);
    expect((await prune()).filter(Boolean)).toEqual([]);
    await desk.database.query(`update messaging.log_identity set pruned_at = now() - interval '1 day'`);
    expect((await prune()).filter(Boolean)).toHaveLength(1);
  });
});

test('a server prunes by itself, and keeps facts for ever unless it is told how long', async () => {
  await using database = await createDatabase(histories);
  const pruned: unknown[] = [];
  const backbone = createPostgresBackbone(database.address, {
    poolSize: 4,
    clock: systemClock,
    reportError: (error) => {
      throw error;
    },
    retention: { history: null, bookkeeping: 30 },
    onPruned: (what) => pruned.push(what),
  });
  const abort = new AbortController();
  const tending = backbone.tend(abort.signal);
  await until(async () => expect(pruned).toEqual([{ partitions: [], ledgerRows: 0, idempotencyKeys: 0, requests: 0 }]));
  abort.abort();
  await tending;
  await backbone.close();
});
