import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { doors } from '#app/contexts';
import { contextHistory, logHistory, migrate } from '#app/persistence/migrate';
import { deskMigrations } from '#migrations/messaging/desk';
import { createDatabase } from '../support/database.ts';

test('what a context has left behind that the code no longer has is brought up to date: operators still need it', async () => {
  const [oldest, ...later] = deskMigrations;
  await using database = await createDatabase([logHistory, { schema: 'gone', migrations: [oldest!] }]);
  const missing = later.map(({ name }) => `gone/${name}`);
  const heard: string[] = [];
  expect(await migrate(database.address, [logHistory], { onApplied: (name) => heard.push(name) })).toEqual(missing);
  expect(heard).toEqual(missing);
  expect(await migrate(database.address, [logHistory])).toEqual([]);
});

test('who migrates hears of waiting for another process, and in a new database of nothing else', async () => {
  await using database = await createDatabase([]);
  const other = new pg.Client(database.address);
  await other.connect();
  await other.query(`select pg_advisory_lock(hashtextextended('microlith migrate', 0))`);
  const heard: string[] = [];
  const migrating = migrate(database.address, [logHistory], {
    onWaiting: () => {
      heard.push('waiting');
      void other.end();
    },
    onApplied: (migration) => heard.push(migration),
  });
  expect(await migrating).not.toEqual([]);
  expect(heard).toEqual(['waiting']);
});

describe('rows that are there', () => {
  const ORDER = `
    insert into checkout.orders values ('default', gen_random_uuid(), gen_random_uuid(), 'confirmed', null, false, 'EUR',
                                        1, 0, 0, 1, '{}', '{}', now())`;
  const INVOICE = `
    insert into billing.invoices values ('default', gen_random_uuid(), '1', gen_random_uuid(), gen_random_uuid(), 'paid', null,
                                         false, 'EUR', 1, 0, 0, 1, 1, 0, 'reference', '{}', null, now())`;

  test.each([
    ['checkout', 'orders', '0005_put_status_last', ORDER],
    ['billing', 'invoices', '0005_put_payment_last', INVOICE],
  ] as const)('in %s.%s keep their values where columns are moved', async (context, table, moving, insert) => {
    const { migrations } = doors[context];
    const before = migrations.slice(
      0,
      migrations.findIndex(({ name }) => name === moving),
    );
    await using database = await createDatabase([logHistory, contextHistory(context, before)]);
    await database.query(insert);
    const rows = () => database.query(`select to_jsonb(row) as row from ${context}.${table} row`);
    const found = await rows();
    await migrate(database.address, [logHistory, contextHistory(context, migrations)]);
    expect(await rows()).toEqual(found);
    expect(found).toHaveLength(1);
  });
});
