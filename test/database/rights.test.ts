import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import pg from 'pg';
import { contextHistory, logHistory, migrate } from '#app/persistence/migrate';
import { preparePartitions } from '#events/messaging/adapters/postgresql/log/partitions';
import { createOperations } from '#events/messaging/adapters/postgresql/operations/operations';
import { createPool } from '#events/messaging/adapters/postgresql/transactions/pool';
import { PostgresStore } from '#events/messaging/adapters/postgresql/store';
import { alarmsOf } from '#events/messaging/watching/alarms';
import { systemClock } from '#shared-kernel/clock';
import { deskMigrations, deskOnMikroOrm } from '../contracts/messaging/desk/mikro-orm.ts';
import { NoteTaken } from '../contracts/messaging/desk/note.ts';
import { asUser } from '../contracts/messaging/post-office.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

const FILER = 'desk.fileOnNoteTaken';
const ignore = () => undefined;
const FACT = 'id, type, version, tenant_id, data, occurred_at, correlation_id, causation_id, actor, source';
const VALUES = `gen_random_uuid(), 'desk.NoteTaken', 1, 'default', '{}', now(), gen_random_uuid(), gen_random_uuid(), 'test', 'test'`;

describe('an application that owns its log, and is no superuser,', () => {
  const role = `app_${randomUUID().replaceAll('-', '')}`;
  let database: TestDatabase;
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await createDatabase([]);
    await database.onServer(`create role ${role} login`);
    await database.onServer(`alter database ${database.address.database} owner to ${role}`);
    const address = { ...database.address, user: role };
    await migrate(address, [logHistory, contextHistory('desk', deskMigrations)]);
    pool = createPool(address, { largest: 2, reportError: ignore });
    await preparePartitions(pool);
  });
  afterAll(async () => {
    await pool.end();
    await database[Symbol.asyncDispose]();
    await database.onServer(`drop role ${role}`);
  });

  test('appends to it', async () => {
    const store = await PostgresStore.open(deskOnMikroOrm, { pool, clock: systemClock, onAppended: ignore });
    await asUser(() => store.unitOfWork(async ({ publish }) => publish(NoteTaken({ topic: 'a', text: '1' }))));
    expect((await pool.query('select position from messaging.log')).rowCount).toBe(1);
  });

  test.each([
    [
      'chooses no position',
      `insert into messaging.log (position, ${FACT}) overriding system value values (9, ${VALUES})`,
    ],
    ['says not when it was recorded', `insert into messaging.log (recorded_at, ${FACT}) values (now(), ${VALUES})`],
    [
      'writes to no partition past it',
      `insert into messaging.log_0 (position, ${FACT}) overriding system value values (9, ${VALUES})`,
    ],
    [
      'writes to none that was made later',
      `insert into messaging.log_3 (position, ${FACT}) overriding system value values (3000009, ${VALUES})`,
    ],
    ['changes nothing in it', `update messaging.log set data = '{}'`],
    ['deletes nothing from it', 'delete from messaging.log'],
    ['does not empty it', 'truncate messaging.log'],
  ])('%s', async (_what, statement) => {
    await expect(pool.query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  test('is told who holds delivery back, though it may not see what another role does', async () => {
    const append = `insert into messaging.log (${FACT}) values (${VALUES})`;
    await pool.query(append);
    await pool.query(`insert into desk.lane (id, names) values (1, '{${FILER}}')`);
    await pool.query(`
      insert into desk.ledger (lane_id, from_position, to_position, to_id, recorded_at)
      select 1, -1, position, id, now() - interval '1 minute' from messaging.log order by position desc limit 1`);
    const holder = new pg.Client(database.address);
    await holder.connect();
    await holder.query('begin');
    await holder.query(append);
    const { rows } = await holder.query<{ pid: number }>('select pg_backend_pid() as pid');
    await pool.query(append);
    const status = await createOperations(pool, [{ context: 'desk', name: FILER, types: [NoteTaken.type] }]).status();
    await holder.end();
    expect(status).toMatchObject({
      gap: { waiting: 1 },
      appenders: [{ pid: rows[0]!.pid, seconds: expect.any(Number), query: null, hiddenBy: database.address.user }],
    });
    expect(alarmsOf(status, { lag: 0, standstill: 0, gap: 0, request: 0 })).toMatchObject([
      { name: 'no-relay' },
      { name: 'gap-held', subject: `pid ${rows[0]!.pid}`, todo: expect.stringContaining('as a superuser') },
    ]);
  });
});
