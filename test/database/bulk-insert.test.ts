import { defineEntity, p } from '@mikro-orm/postgresql';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MikroOrmUnits } from '#events/messaging/adapters/postgresql/mikro-orm-units';
import { createPool } from '#events/messaging/adapters/postgresql/pool';
import { Transaction } from '#events/messaging/adapters/postgresql/transaction';
import { createDatabase, type TestDatabase } from '../support/database.ts';

const ShelfRow = defineEntity({
  name: 'ShelfRow',
  schema: 'store',
  tableName: 'shelves',
  properties: {
    id: p.uuid().primary(),
    label: p.string(),
    note: p.text().nullable(),
    pieces: p.integer(),
    isOpen: p.boolean(),
    checkedAt: p.datetime().nullable(),
    tags: p.json<readonly string[]>().nullable(),
  },
});

const TABLE = `
  create schema store;
  create table store.shelves (
    id uuid primary key, label varchar(300) not null check (label <> 'refused'), note text, pieces int not null,
    is_open boolean not null, checked_at timestamptz, tags jsonb)`;

const idOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

const shelf = (number: number, more: object = {}) => ({
  id: idOf(number),
  label: `quote " comma , brace } back \\ ${number}`,
  note: number % 2 === 0 ? null : '',
  pieces: number,
  isOpen: number % 3 === 0,
  ...more,
});

describe('rows of a flush', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let units: MikroOrmUnits;
  beforeAll(async () => {
    database = await createDatabase([]);
    await database.query(TABLE);
    pool = createPool(database.address, { largest: 2, reportError: () => undefined });
    units = await MikroOrmUnits.open([ShelfRow], pool);
  });
  afterAll(async () => {
    await pool.end();
    await database[Symbol.asyncDispose]();
  });

  async function store(rows: readonly object[]): Promise<void> {
    const client = await pool.connect();
    const transaction = new Transaction(client);
    const em = units.within(transaction);
    try {
      for (const row of rows) em.create(ShelfRow, row as never, { persist: true });
      await transaction.close(() => em.flush());
      await transaction.commit([]);
    } catch (error) {
      await transaction.rollback();
      throw error;
    } finally {
      client.release();
    }
  }

  const stored = () => database.query('select * from store.shelves order by pieces');
  const forget = () => database.query('delete from store.shelves');

  it.each([1, 2, 500])('%s of them are stored as they are', async (count) => {
    await forget();
    const rows = Array.from({ length: count }, (_, number) => shelf(number));
    await store(rows);
    expect(await stored()).toEqual(
      rows.map(({ isOpen, ...row }) => ({ ...row, is_open: isOpen, checked_at: null, tags: null })),
    );
  });

  it('keep their time', async () => {
    await forget();
    const checkedAt = new Date('2026-11-20T12:00:00.123Z');
    await store([shelf(1, { checkedAt: null }), shelf(2, { checkedAt })]);
    expect((await stored()).map((row) => row.checked_at)).toEqual([null, checkedAt]);
  });

  it('are stored as well where one holds more than plain values', async () => {
    await forget();
    await store([shelf(1), shelf(2, { tags: ['a', 'b'] })]);
    expect((await stored()).map((row) => row.tags)).toEqual([null, ['a', 'b']]);
  });

  it('are refused rather than cut where a text is too long', async () => {
    await expect(store([shelf(1, { label: 'x'.repeat(301) })])).rejects.toMatchObject({ code: '22001' });
  });

  it('fail with what was wrong, not with what followed from it', async () => {
    await forget();
    const failing = store([shelf(1, { label: 'refused' }), shelf(2, { tags: [] })]);
    await expect(failing).rejects.toMatchObject({ code: '23514' });
    expect(await stored()).toEqual([]);
  });
});
