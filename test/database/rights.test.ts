import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type pg from 'pg';
import { contextHistory, logHistory, migrate } from '#app/persistence/migrate';
import { preparePartitions } from '#events/messaging/adapters/postgresql/log/partitions';
import { createPool } from '#events/messaging/adapters/postgresql/transactions/pool';
import { PostgresStore } from '#events/messaging/adapters/postgresql/store';
import { systemClock } from '#shared-kernel/clock';
import { deskMigrations, deskOnMikroOrm } from '../contracts/messaging/desk/mikro-orm.ts';
import { NoteTaken } from '../contracts/messaging/desk/note.ts';
import { asUser } from '../contracts/messaging/post-office.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

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
});
