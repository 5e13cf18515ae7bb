import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { histories } from '#app/contexts';
import { createWatch, type Watch } from '#app/watch';
import { captureLog, ERROR } from '../http/log.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/eventually.ts';
import { asOperator, openSystemOn, type TestSystem } from '../support/system.ts';

const POOL = 3;
const APPEND = `
  insert into messaging.log (id, type, version, tenant_id, data, occurred_at, correlation_id, causation_id, actor, source)
  values (gen_random_uuid(), 'catalog.ProductDiscontinued', 1, 'default',
          json_build_object('productId', gen_random_uuid()), now(), gen_random_uuid(), gen_random_uuid(), 'test', 'test')`;

describe('the watch over a post office', () => {
  let database: TestDatabase;
  let system: TestSystem;
  let watch: Watch;
  let log: ReturnType<typeof captureLog>;
  const abort = { running: new AbortController(), done: Promise.resolve() };
  beforeEach(async () => {
    database = await createDatabase(histories);
    system = await openSystemOn(database.address, { poolSize: POOL, reportError: () => undefined });
    log = captureLog();
    watch = createWatch({
      readStatus: () => system.backbone.readStatus!(system.hearers),
      ownPool: () => system.backbone.poolUse(),
      limits: { lag: 60, standstill: 30, gap: 0, request: 900 },
      logger: log.logger,
    });
    abort.running = new AbortController();
    abort.done = system.run(abort.running.signal);
  });
  afterEach(async () => {
    abort.running.abort();
    await abort.done;
    await system[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const told = (alarm: string) => log.lines.filter((line) => line.alarm === alarm);
  const makeRounds = async () => {
    for (let round = 0; round < 3; round += 1) await watch.makeRound();
  };

  /** Whoever asks for customers waits until it ends. */
  const holdCustomers = async (): Promise<pg.Client> => {
    const holder = new pg.Client(database.address);
    await holder.connect();
    await holder.query('begin; lock table accounts.customers in access exclusive mode');
    return holder;
  };
  const askForCustomers = () => asOperator(() => system.contexts.accounts.queries.listCustomers({ limit: 1 }));

  test('names who holds a gap open, by pid and query, and tells of it once, and once when it is over', async () => {
    await database.query(APPEND);
    await until(async () => expect((await watch.look())!.lanes.every(({ behind }) => behind === 0)).toBe(true));
    const holder = new pg.Client(database.address);
    await holder.connect();
    const { rows } = await holder.query<{ pid: number }>('select pg_backend_pid() as pid');
    await holder.query('begin');
    await holder.query(APPEND);
    await database.query(APPEND);
    await until(async () => expect((await watch.look())!.gap).toEqual({ after: 1, waiting: 1 }));
    const status = (await watch.look())!;
    expect(status.appenders).toMatchObject([
      { pid: rows[0]!.pid, state: 'idle in transaction', query: expect.stringContaining('insert into messaging.log') },
    ]);
    await makeRounds();
    expect(told('gap-held')).toMatchObject([
      { level: ERROR, subject: `pid ${rows[0]!.pid}`, todo: expect.stringContaining('pg_terminate_backend') },
    ]);
    expect(JSON.stringify(log.lines)).not.toContain('insert into');
    await holder.query('commit');
    await until(async () => expect((await watch.look())!.gap).toBe(null));
    await makeRounds();
    expect(told('gap-held')).toHaveLength(2);
    await holder.end();
  });

  test('tells once of a full pool, whose connections it cannot have itself', async () => {
    const customers = await holdCustomers();
    const over = new AbortController();
    const asking = Array.from({ length: POOL + 2 }, async () => {
      while (!over.signal.aborted) await askForCustomers().catch(() => undefined);
    });
    await until(async () => expect(system.backbone.poolUse().waiting).toBeGreaterThan(0));
    await until(async () => {
      await Promise.all([watch.makeRound(), watch.makeRound()]);
      expect(told('pool-full')).toHaveLength(1);
    });
    over.abort();
    await customers.end();
    await Promise.all(asking);
    await until(async () => {
      await watch.makeRound();
      expect(told('pool-full')).toHaveLength(2);
    });
  });

  test('lets another process see how many of its connections are busy', async () => {
    const pools = async () => (await watch.look())!.pools;
    const { process } = system.backbone.poolUse();
    const customers = await holdCustomers();
    const asking = Array.from({ length: POOL }, askForCustomers);
    await until(async () => expect(await pools()).toEqual([{ process, size: POOL, busy: POOL }]));
    await customers.end();
    await Promise.all(asking);
    await until(async () => expect(await pools()).toEqual([{ process, size: POOL, busy: 0 }]));
  });
});
