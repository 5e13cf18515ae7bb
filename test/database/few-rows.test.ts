import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fewRows } from '#events/messaging/adapters/postgresql/transactions/few-rows';
import { createDatabase, type TestDatabase } from '../support/database.ts';

const ROWS = 20_000;
const TABLE = `
  create table box (id text primary key, content text not null, price int) with (autovacuum_enabled = off);
  insert into box select n, repeat('x', 100), n from generate_series(1, ${ROWS}) n;
  analyze box`;

describe('arrays as rows to join', () => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createDatabase([]);
    await database.query(TABLE);
    client = new pg.Client(database.address);
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database[Symbol.asyncDispose]();
  });

  const text = `update box set price = new.price from ${fewRows(['text', 'int'])} new (id, price) where box.id = new.id`;
  const numbers = (count: number) => Array.from({ length: count }, (_, number) => number + 1);
  const update = (name: string, count: number) =>
    client.query({ name, text, values: [numbers(count).map(String), numbers(count)] });

  it.each([1, 3, 1_000])('bring every one of %s', async (count) => {
    const { rowCount } = await update('some', count);
    expect(rowCount).toBe(count);
  });

  it('are planned no more after five times, and joined by the index', async () => {
    for (const count of [1, 2, 3, 1, 2, 3]) await update('few', count);
    const { rows } = await client.query(`select custom_plans::int from pg_prepared_statements where name = 'few'`);
    expect(rows).toEqual([{ custom_plans: 5 }]);
    const plan = await client.query<{ 'QUERY PLAN': string }>(`explain execute few ('{1}', '{1}')`);
    expect(plan.rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('Index Scan using box_pkey');
  });
});
