import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { histories } from '#app/contexts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { expectNone } from '../support/expect-none.ts';

/** Foreign keys, views and functions that lead out of their schema; one sentence each. */
const CROSSINGS = `
  select format('the foreign key %s leads from %s to %s', c.conname, c.conrelid::regclass, c.confrelid::regclass) as crossing
    from pg_constraint c join pg_class a on a.oid = c.conrelid join pg_class b on b.oid = c.confrelid
   where c.contype = 'f' and a.relnamespace <> b.relnamespace
  union all
  select format('the view %s.%s reads %s.%s', view_schema, view_name, table_schema, table_name)
    from information_schema.view_table_usage
   where view_schema <> table_schema and view_schema not in ('pg_catalog', 'information_schema')
  union all
  select format('the function %s.%s may read anything', n.nspname, p.proname)
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
   where n.nspname not in ('pg_catalog', 'information_schema')`;

/** Tables of contexts with a key that tenant_id does not lead. What belongs to the post office itself has no tenant. */
const UNTENANTED = `
  select format('%s (%s)', i.indexrelid::regclass, i.indrelid::regclass) as key
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
   where i.indisunique and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'messaging')
     and c.relname not in ('migration', 'lane', 'ledger', 'trial', 'operation') and a.attname <> 'tenant_id'`;

describe('the schemas', () => {
  let database: TestDatabase;
  const crossings = async () => (await database.query<{ crossing: string }>(CROSSINGS)).map(({ crossing }) => crossing);
  const untenanted = async () => (await database.query<{ key: string }>(UNTENANTED)).map(({ key }) => key);

  beforeAll(async () => void (database = await createDatabase(histories)));
  afterAll(() => database[Symbol.asyncDispose]());

  test('do not lead into each other', async () => {
    expectNone('a schema stands alone', await crossings());
  });

  test('have tenant_id at the head of every key', async () => {
    expectNone('tenant_id leads every key, but not that of', await untenanted());
  });

  test('are found out when one leads into another, or a key has no tenant', async () => {
    await database.query(`
      create table checkout.bad (tenant_id text, product_id uuid primary key, id uuid,
        foreign key (tenant_id, id) references catalog.products (tenant_id, id));
      create view checkout.worse as select id from catalog.products;
      create function checkout.worst() returns int language sql as 'select 1'`);
    expect(await crossings()).toHaveLength(3);
    expect(await untenanted()).toEqual(['checkout.bad_pkey (checkout.bad)']);
  });
});
