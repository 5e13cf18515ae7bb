import { defineEntity, type EntityManager, p } from '@mikro-orm/postgresql';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MikroOrmUnits } from '#events/messaging/adapters/postgresql/transactions/mikro-orm-units';
import { faultOf } from '#events/messaging/lanes/fault';
import { createPool } from '#events/messaging/adapters/postgresql/transactions/pool';
import { Transaction } from '#events/messaging/adapters/postgresql/transactions/transaction';
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
    price: p.decimal().nullable(),
    weight: p.bigint('number').nullable(),
  },
});

const BoxRow = defineEntity({
  name: 'BoxRow',
  schema: 'store',
  tableName: 'boxes',
  properties: {
    owner: p.text().primary(),
    number: p.integer().primary(),
    content: p.text(),
    version: p.integer().version(),
  },
});

const TABLE = `
  create schema store;
  create table store.shelves (
    id uuid primary key, label varchar(300) not null check (label <> 'refused'), note text, pieces int not null,
    is_open boolean not null, checked_at timestamptz, tags jsonb, price numeric(19, 4), weight bigint);
  create table store.boxes (
    owner text, number int, content text not null, version int not null default 1, primary key (owner, number))`;

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
    units = await MikroOrmUnits.open([ShelfRow, BoxRow], pool);
  });
  afterAll(async () => {
    await pool.end();
    await database[Symbol.asyncDispose]();
  });

  async function inTransaction(work: (em: EntityManager) => unknown): Promise<void> {
    const client = await pool.connect();
    const transaction = new Transaction(client);
    const em = units.within(transaction);
    try {
      await work(em);
      await transaction.close(() => em.flush());
      await transaction.commit([]);
    } catch (error) {
      await transaction.rollback();
      throw error;
    } finally {
      client.release();
    }
  }

  const store = (rows: readonly object[]) =>
    inTransaction((em) => rows.forEach((row) => em.create(ShelfRow, row as never, { persist: true })));

  const stored = () => database.query('select * from store.shelves order by pieces');
  const forget = () => database.query('delete from store.shelves');

  it.each([1, 2, 500])('%s of them are stored as they are', async (count) => {
    await forget();
    const rows = Array.from({ length: count }, (_, number) => shelf(number));
    await store(rows);
    expect(await stored()).toEqual(
      rows.map(({ isOpen, ...row }) => ({
        ...row,
        is_open: isOpen,
        checked_at: null,
        tags: null,
        price: null,
        weight: null,
      })),
    );
  });

  it('keep their time', async () => {
    await forget();
    const checkedAt = new Date('2026-11-20T12:00:00.123Z');
    await store([shelf(1, { checkedAt: null }), shelf(2, { checkedAt })]);
    expect((await stored()).map((row) => row.checked_at)).toEqual([null, checkedAt]);
  });

  it.each([1, 2])('keep lists and amounts, in %s of them', async (count) => {
    await forget();
    const more = { tags: ['a', '"b"', '{c}'], price: '1234567890.1234', weight: 9_007_199_254_740_991 };
    await store(Array.from({ length: count }, (_, number) => shelf(number, more)));
    expect(await database.query('select tags, price, weight::text from store.shelves')).toEqual(
      Array.from({ length: count }, () => ({ ...more, weight: String(more.weight) })),
    );
  });

  it('are stored as well where one holds what another has not', async () => {
    await forget();
    await store([shelf(1), shelf(2, { tags: ['a', 'b'] })]);
    expect((await stored()).map((row) => row.tags)).toEqual([null, ['a', 'b']]);
  });

  it.each([1, 2, 500])('are changed as they are told, %s at once', async (count) => {
    await forget();
    await store(Array.from({ length: count + 1 }, (_, number) => shelf(number)));
    const more = { tags: ['moved'], price: '0.5000', note: null, pieces: 7 };
    await inTransaction(async (em) => {
      for (const row of await em.find(ShelfRow, { pieces: { $lt: count } })) em.assign(row, more);
    });
    expect(await database.query('select tags, price, note, pieces from store.shelves where pieces = 7')).toEqual(
      Array.from({ length: count }, () => more),
    );
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

  describe('with a version', () => {
    const boxes = () => database.query('select content, version from store.boxes order by number');
    const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);
    const pack = async (count: number) => {
      await database.query('delete from store.boxes');
      await inTransaction((em) =>
        numbers(count).forEach((number) =>
          em.create(BoxRow, { owner: 'us', number, content: 'new', version: 1 }, { persist: true }),
        ),
      );
    };
    const repack = (content: string, meanwhile = async (_em: EntityManager): Promise<unknown> => undefined) =>
      inTransaction(async (em) => {
        const rows = await em.find(BoxRow, { owner: 'us' });
        for (const row of rows) row.content = content;
        await meanwhile(em);
      });
    const theirs = () => database.query(`update store.boxes set content = 'theirs', version = 2 where number = 0`);
    const isLostRace = (error: unknown) => faultOf(error) === 'conflict';

    it.each([1, 3])('get the next one with each change, %s at once', async (count) => {
      await pack(count);
      await repack('first');
      await repack('second');
      expect(await boxes()).toEqual(numbers(count).map(() => ({ content: 'second', version: 3 })));
    });

    it('know their version after a flush within their unit of work', async () => {
      await pack(0);
      await inTransaction(async (em) => {
        const row = em.create(BoxRow, { owner: 'us', number: 1, content: 'new', version: 1 }, { persist: true });
        await em.flush();
        row.content = 'first';
        await em.flush();
        row.content = 'second';
      });
      expect(await boxes()).toEqual([{ content: 'second', version: 3 }]);
    });

    it.each([1, 3])('are left alone where somebody else changed one of %s meanwhile', async (count) => {
      await pack(count);
      await expect(repack('ours', theirs)).rejects.toSatisfy(isLostRace);
      const others = numbers(count - 1).map(() => ({ content: 'new', version: 1 }));
      expect(await boxes()).toEqual([{ content: 'theirs', version: 2 }, ...others]);
    });

    it('are told of it at once where the flush is not the last', async () => {
      await pack(1);
      const told = repack('ours', async (em) => {
        await theirs();
        await expect(em.flush()).rejects.toSatisfy(isLostRace);
        throw new Error('told');
      });
      await expect(told).rejects.toThrow('told');
    });
  });
});
