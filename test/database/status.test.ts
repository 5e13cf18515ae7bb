import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import pg from 'pg';
import { histories } from '#app/contexts';
import { defineSubscriber } from '#events/messaging';
import { createOperations, type Operations } from '#events/messaging/adapters/postgresql/operations/operations';
import { createPool } from '#events/messaging/adapters/postgresql/transactions/pool';
import { alarmsOf } from '#events/messaging/watching/alarms';
import { runCommand } from '../cli/command-line.ts';
import { uuidV7 } from '#shared-kernel/uuid';
import { type DeskScope, NoteTaken } from '../contracts/messaging/desk/note.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { type Desk, openDesk } from '../support/desk.ts';
import { relayOn, takeTexts } from '../support/desk-work.ts';
import { until } from '../support/eventually.ts';

const FILER = 'desk.fileOnNoteTaken';

describe('the status of a lane', () => {
  let desk: Desk;
  let operations: Operations;
  beforeEach(async () => {
    desk = await openDesk();
    operations = createOperations(desk.pool, [{ context: 'desk', name: FILER, types: [NoteTaken.type] }]);
  });
  afterEach(() => desk[Symbol.asyncDispose]());

  const filer = defineSubscriber<DeskScope>()({
    name: FILER,
    on: NoteTaken,
    handle: async (_scope, { data: { text } }) => {
      if (text.startsWith('poison')) throw new Error('undigestible');
    },
  });
  const lane = async () => (await operations.status()).lanes[0]!;
  /** Every third of them is a note. */
  const fillLog = (rows: number) =>
    desk.database.query(
      `insert into messaging.log (id, type, version, tenant_id, data, occurred_at, correlation_id, causation_id, actor, source)
       select gen_random_uuid(), case n % 3 when 0 then 'desk.NoteTaken' else 'desk.NoteFiled' end, 1, 'default',
              '{"topic":"a","text":"a"}', now(), gen_random_uuid(), gen_random_uuid(), 'test', 'test'
         from generate_series(1, ${rows}) n`,
    );

  test('estimates how much is before it where that is more than one look goes through, and says so', async () => {
    await relayOn(desk, [filer]).relayOnce();
    await fillLog(15_000);
    expect(await lane()).toMatchObject({ behind: 5_000, isEstimated: false });
    await fillLog(15_000);
    const { behind, isEstimated, oldestUnhandled } = await lane();
    expect([behind, isEstimated, oldestUnhandled?.position]).toEqual([9_999, true, 3]);
  });

  test('names some of the keys that are held back, and says how many there are', async () => {
    await takeTexts(desk, ...Array.from({ length: 25 }, (_, n) => `poison ${n}`));
    await relayOn(desk, [filer], { settings: { mostParkedKeys: 100 } }).relayOnce();
    const { blockedKeys, blockedKeyCount } = await lane();
    expect([blockedKeys.length, blockedKeyCount]).toEqual([20, 25]);
  });

  test('tells at which rate it has come on in the last minute', async () => {
    await fillLog(60);
    await relayOn(desk, [filer]).relayOnce();
    const { rate } = await lane();
    expect(rate * 60).toBeCloseTo(20);
  });

  test('tells its rate by the last 2,000 events where it has passed more', async () => {
    await fillLog(6_000);
    await relayOn(desk, [filer]).relayOnce();
    const { rate } = await lane();
    const notesAmongTheLast = 667;
    expect(rate * 60).toBeCloseTo(3 * notesAmongTheLast);
  });

  test('is looked for by a statement that is planned once for each connection', async () => {
    const pool = createPool(desk.database.address, { largest: 1, reportError: () => undefined });
    for (let look = 0; look < 3; look += 1) await createOperations(pool, []).status();
    const { rows } = await pool.query(
      `select custom_plans::int, generic_plans::int from pg_prepared_statements where statement like '%desk.lane l%'`,
    );
    await pool.end();
    expect(rows).toEqual([{ custom_plans: 0, generic_plans: 3 }]);
  });
});

describe('a prepared transaction that holds delivery back', () => {
  const APPEND = `
    insert into messaging.log (id, type, version, tenant_id, data, occurred_at, correlation_id, causation_id, actor, source)
    values (gen_random_uuid(), 'desk.NoteTaken', 1, 'default', '{}', now(), gen_random_uuid(), gen_random_uuid(), 'test', 'test')`;
  const gid = `it's ${uuidV7()}`;
  const literal = pg.escapeLiteral(gid);
  let database: TestDatabase;
  let other: pg.Client;
  beforeEach(async () => {
    database = await createDatabase(histories);
    other = new pg.Client(database.address);
    await other.connect();
    await prepare('begin', APPEND, `prepare transaction ${literal}`);
    await database.query(APPEND);
  });
  afterEach(async () => {
    const { rows } = await other.query<{ gid: string }>(
      'select gid from pg_prepared_xacts where database = current_database()',
    );
    for (const left of rows) await other.query(`rollback prepared ${pg.escapeLiteral(left.gid)}`);
    await other.end();
    await database[Symbol.asyncDispose]();
  });

  async function prepare(...statements: readonly string[]): Promise<void> {
    for (const statement of statements) await other.query(statement);
  }
  const statusOf = async () => {
    const pool = createPool(database.address, { largest: 1, reportError: () => undefined });
    const status = await createOperations(pool, []).status();
    await pool.end();
    return status;
  };

  test('is told of by its name, and by no other, and how to end it', async () => {
    const innocent = `another ${gid}`;
    await prepare('begin', 'create table public.elsewhere ()', `prepare transaction ${pg.escapeLiteral(innocent)}`);
    await until(async () => expect((await statusOf()).appenders).toHaveLength(1));
    const status = await statusOf();
    const state = `prepared transaction ${gid}`;
    expect(status).toMatchObject({
      gap: { after: 0, waiting: 1 },
      appenders: [{ pid: null, gid, seconds: expect.any(Number), state, query: null, hiddenBy: null }],
    });
    const alarms = alarmsOf(status, { lag: 60, standstill: 30, gap: 0, request: 900 });
    expect(alarms.filter(({ name }) => name === 'gap-held')).toEqual([
      {
        name: 'gap-held',
        subject: state,
        what: expect.stringMatching(/held back after position 0: .* open for \d+ s \(prepared transaction it's /),
        todo: expect.stringContaining(`rollback prepared ${literal}`),
      },
    ]);
  });

  test('is shown by the command line', async () => {
    await until(async () => {
      const { out } = await runCommand(database.address, 'events', 'status');
      expect(out).toMatch(/held back after position 0: 1 event\n\nappending for \d+\.\d s: prepared transaction it's /);
    });
  });
});
