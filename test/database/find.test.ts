import { defineEntity, type EntityManager, LockMode, p } from '@mikro-orm/postgresql';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MikroOrmUnits } from '#events/messaging/adapters/postgresql/transactions/mikro-orm-units';
import { createPool } from '#events/messaging/adapters/postgresql/transactions/pool';
import { Transaction } from '#events/messaging/adapters/postgresql/transactions/transaction';
import { createDatabase, type TestDatabase } from '../support/database.ts';

const ToolRow = defineEntity({
  name: 'ToolRow',
  schema: 'store',
  tableName: 'tools',
  properties: {
    id: p.integer().primary(),
    maker: p.text().nullable(),
    price: p.decimal(),
    sizes: p.json<readonly number[]>().nullable(),
    boughtAt: p.datetime(),
  },
});

const boughtAt = new Date('2026-11-20T12:00:00.123Z');
const tool = (id: number) => ({
  id,
  maker: id === 4 ? null : `maker '${id % 2}'`,
  price: `${id}.5000`,
  sizes: [id],
  boughtAt,
});

describe('rows that are looked for', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let units: MikroOrmUnits;
  beforeAll(async () => {
    database = await createDatabase([]);
    await database.query(`
      create schema store;
      create table store.tools (
        id int primary key, maker text, price numeric(19, 4) not null, sizes jsonb, bought_at timestamptz not null)`);
    pool = createPool(database.address, { largest: 2, reportError: () => undefined });
    units = await MikroOrmUnits.open([ToolRow], pool);
    await within(async (em) => {
      for (const id of [1, 2, 3, 4]) em.create(ToolRow, tool(id), { persist: true });
      await em.flush();
    });
  });
  afterAll(async () => {
    await pool.end();
    await database[Symbol.asyncDispose]();
  });

  async function within<Result>(
    work: (em: EntityManager, transaction: Transaction) => Promise<Result>,
  ): Promise<Result> {
    const client = await pool.connect();
    const transaction = new Transaction(client);
    try {
      const result = await work(units.within(transaction), transaction);
      await transaction.commit([]);
      return result;
    } finally {
      await transaction.rollback();
      client.release();
    }
  }

  const idsOf = (rows: readonly { readonly id: number }[]) => rows.map(({ id }) => id);

  test('come as they were stored', async () => {
    const found = await within((em) => em.find(ToolRow, { id: { $in: [1] } }));
    expect(found.map((row) => ({ ...row }))).toEqual([tool(1)]);
  });

  test.each([
    ['by a value', { maker: `maker '1'` }, [1, 3]],
    ['by several', { maker: `maker '1'`, id: 3 }, [3]],
    ['by lists', { $and: [{ maker: { $in: [`maker '0'`, `maker '1'`] } }, { id: { $in: [2, 3, 9] } }] }, [2, 3]],
    ['in an empty list', { id: { $in: [] } }, []],
    ['by a moment', { boughtAt, id: 2 }, [2]],
    ['by nothing', {}, [1, 2, 3, 4]],
    ['by nothing stored', { maker: null }, [4]],
    ['by what is more than a value', { id: { $gt: 2 } }, [3, 4]],
  ])('are found %s', async (_, where, expected) => {
    expect(idsOf(await within((em) => em.find(ToolRow, where, { orderBy: { id: 'asc' } })))).toEqual(expected);
  });

  test('come in the order, and as many, as is asked for', async () => {
    const options = { orderBy: { maker: 'asc', id: 'desc' }, limit: 2 } as const;
    expect(idsOf(await within((em) => em.find(ToolRow, { id: { $in: [1, 2, 3] } }, options)))).toEqual([2, 3]);
  });

  test('are one where one is asked for, or none', async () => {
    expect(await within((em) => em.findOne(ToolRow, { id: 2 }))).toMatchObject({ id: 2 });
    expect(await within((em) => em.findOne(ToolRow, { id: 9 }))).toBeNull();
  });

  test('are locked where that is asked for', async () => {
    const isLocked = await within(async (em) => {
      await em.find(ToolRow, { id: 1 }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      const free = await database.query<{ id: number }>('select id from store.tools for update skip locked');
      return !idsOf(free).includes(1);
    });
    expect(isLocked).toBe(true);
  });

  test('are asked for by one prepared statement, however long a list is', async () => {
    const statements = await within(async (em, transaction) => {
      for (const ids of [[1], [1, 2], [1, 2, 3]]) await em.find(ToolRow, { id: { $in: ids }, price: '1' });
      const { rows } = await transaction.queryText({
        text: 'select statement from pg_prepared_statements',
        values: [],
      });
      return (rows as { statement: string }[]).filter(({ statement }) =>
        /"store"."tools" where .*"price"/.test(statement),
      );
    });
    expect(statements).toHaveLength(1);
  });
});
