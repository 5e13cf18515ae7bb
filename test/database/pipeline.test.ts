import fc from 'fast-check';
import type pg from 'pg';
import { describe, expect, test, vi } from 'vitest';
import {
  type PipelinedStatement,
  runPipeline,
  type Trailer,
} from '#events/messaging/adapters/postgresql/transactions/pipeline';
import { Transaction } from '#events/messaging/adapters/postgresql/transactions/transaction';
import { type Desk, openDesk } from '../support/desk.ts';
import { countWrites } from '../support/writes.ts';

const plain = (text: string, values: unknown[] = []): PipelinedStatement => ({ text, values });
const insertNote = (text: string): PipelinedStatement => ({
  name: 'insert-note',
  text: `insert into desk.notes (tenant_id, text) values ('default', $1)`,
  values: [text],
});
const divide = (by: number): PipelinedStatement => ({ name: 'divide', text: 'select 1 / $1::int', values: [by] });

const notesIn = async ({ database }: Desk) =>
  (await database.query<{ text: string }>('select text from desk.notes order by id')).map(({ text }) => text);

/** Runs the work on a connection of the pool, and counts how often it writes to its socket. */
async function onConnection<Result>(
  desk: Desk,
  work: (client: pg.PoolClient, writes: () => number) => Promise<Result>,
) {
  const client = await desk.pool.connect();
  try {
    return await work(client, countWrites(client));
  } finally {
    client.release();
  }
}

describe('a pipeline', () => {
  test('gives the answer of each statement, read by its own types', async () => {
    await using desk = await openDesk(1);
    const types = { getTypeParser: () => (text: string) => `read as ${text}` } as pg.CustomTypesConfig;
    const results = await onConnection(desk, (client) =>
      runPipeline(client, [
        plain('select 1 as one, null as none'),
        insertNote('a'),
        { ...divide(1), types },
        plain(''),
      ]),
    );
    expect(results.map(({ rows, rowCount }) => ({ rows, rowCount }))).toEqual([
      { rows: [{ one: 1, none: null }], rowCount: 1 },
      { rows: [], rowCount: 1 },
      { rows: [{ '?column?': 'read as 1' }], rowCount: 1 },
      { rows: [], rowCount: null },
    ]);
  });

  test('leaves in one write, also where it has to prepare its statements, each once', async () => {
    await using desk = await openDesk(1);
    const prepared = await onConnection(desk, async (client, writes) => {
      await runPipeline(client, [insertNote('a'), insertNote('b'), divide(1)]);
      expect(writes()).toBe(1);
      await runPipeline(client, [insertNote('c')]);
      expect(writes()).toBe(2);
      return (await client.query('select name from pg_prepared_statements order by name')).rows;
    });
    expect(prepared).toEqual([{ name: 'divide' }, { name: 'insert-note' }]);
    expect(await notesIn(desk)).toEqual(['a', 'b', 'c']);
  });

  test('has a prepared statement described once on each connection, and reads all its rows by that', async () => {
    await using desk = await openDesk(2);
    const selectNotes: PipelinedStatement = {
      name: 'select-notes',
      text: 'select text from desk.notes where text = any($1::text[]) order by id',
      values: [['a', 'b']],
    };
    const readOn = async (client: pg.PoolClient) => {
      const described = vi.spyOn((client as unknown as { connection: { describe(): void } }).connection, 'describe');
      const [, first] = await runPipeline(client, [insertNote('a'), selectNotes]);
      const [, again] = await runPipeline(client, [insertNote('b'), selectNotes]);
      const named = [first!, again!].map(({ fields }) => fields.map(({ name }) => name));
      return { described: described.mock.calls.length, rows: [first!.rows, again!.rows], named };
    };
    const [a, b] = [{ text: 'a' }, { text: 'b' }];
    await onConnection(desk, async (one) => {
      expect(await readOn(one)).toEqual({ described: 2, rows: [[a], [a, b]], named: [['text'], ['text']] });
      const other = await onConnection(desk, readOn);
      expect(other).toEqual({
        described: 2,
        rows: [
          [a, b, a],
          [a, b, a, b],
        ],
        named: [['text'], ['text']],
      });
    });
  });

  test('is refused a prepared statement whose columns have become others', async () => {
    await using desk = await openDesk(1);
    const selectAll: PipelinedStatement = { name: 'select-all', text: 'select * from desk.notes', values: [] };
    await onConnection(desk, async (client) => {
      await runPipeline(client, [insertNote('a'), selectAll]);
      await runPipeline(client, [plain('alter table desk.notes add column colour text')]);
      await expect(runPipeline(client, [selectAll])).rejects.toThrow('must not change result type');
    });
  });

  test('gives the failure of the first that failed, and keeps nothing of the others', async () => {
    await using desk = await openDesk(1);
    const explained = { ...divide(0), explain: () => new Error('it was the second') };
    const failing = onConnection(desk, (client) => runPipeline(client, [insertNote('a'), explained, insertNote('b')]));
    await expect(failing).rejects.toThrow('it was the second');
    expect(await notesIn(desk)).toEqual([]);
  });

  test('tells what is wrong with a text that cannot be prepared, and its connection serves on', async () => {
    await using desk = await openDesk(1);
    await onConnection(desk, async (client) => {
      const nonsense: PipelinedStatement = { name: 'nonsense', text: 'selectt $1', values: [1] };
      await expect(runPipeline(client, [insertNote('a'), nonsense])).rejects.toThrow('syntax error');
      const mended: PipelinedStatement = { name: 'nonsense', text: 'select $1::int as one', values: [1] };
      expect((await runPipeline(client, [mended]))[0]!.rows).toEqual([{ one: 1 }]);
    });
    expect(await notesIn(desk)).toEqual([]);
  });

  test.each([
    { after: 'what was kept', last: divide(1), kept: ['a', 'behind'] },
    { after: 'what failed', last: divide(0), kept: ['behind'] },
  ])('takes along what is a transaction of its own, behind $after, in the same write', async ({ last, kept }) => {
    await using desk = await openDesk(1);
    const answered = Promise.withResolvers<unknown>();
    const trailer: Trailer = { statement: insertNote('behind'), heed: (answer) => answered.resolve(answer) };
    await onConnection(desk, async (client, writes) => {
      await Promise.allSettled([runPipeline(client, [insertNote('a'), last], () => trailer)]);
      await answered.promise;
      expect(writes()).toBe(1);
    });
    expect(await notesIn(desk)).toEqual(kept);
  });

  test.each([
    { where: 'in a transaction that has failed', before: ['begin', 'select 1 / 0'], why: 'division by zero' },
    { where: 'over a lost connection', before: ['select pg_terminate_backend(pg_backend_pid())'], why: 'terminat' },
  ])('takes nothing along $where, and tells only whoever sent what failed', async ({ before, why }) => {
    await using desk = await openDesk(1);
    const answers: Promise<unknown>[] = [];
    const trailer: Trailer = { statement: insertNote('behind'), heed: (answer) => answers.push(answer) };
    await onConnection(desk, async (client) => {
      const failing = runPipeline(
        client,
        before.map((text) => plain(text)),
        () => trailer,
      );
      await expect(failing).rejects.toThrow(why);
      expect(await answers[0]).toBeUndefined();
    });
    expect(await notesIn(desk)).toEqual([]);
  });

  test('tells why the trailer failed, where what went before did not', async () => {
    await using desk = await openDesk(1);
    const answers: Promise<unknown>[] = [];
    const trailer: Trailer = { statement: divide(0), heed: (answer) => answers.push(answer) };
    await onConnection(desk, (client) => runPipeline(client, [insertNote('a')], () => trailer));
    await expect(answers[0]).rejects.toThrow('division by zero');
    expect(await notesIn(desk)).toEqual(['a']);
  });

  test('is not asked what is to leave behind it, where it cannot leave itself', async () => {
    await using desk = await openDesk(1);
    const circular: unknown[] = [];
    circular.push({ circular });
    let asked = 0;
    const trailing = () => void (asked += 1);
    await onConnection(desk, async (client) => {
      await expect(runPipeline(client, [plain('select $1::json', circular)], trailing)).rejects.toThrow('circular');
      expect(asked).toBe(0);
      await runPipeline(client, [insertNote('a')], trailing);
      expect(asked).toBe(1);
    });
  });

  test('writes arrays as PostgreSQL reads them', async () => {
    await using desk = await openDesk(1);
    const text = fc.string({ unit: 'binary' }).map((some) => some.replaceAll('\0', '').toWellFormed());
    const special = fc.constantFrom('', 'null', 'NULL', ',', '{}', '"', '\\', '\n', ' a ', '🎈');
    const texts = fc.array(fc.option(fc.oneof(text, special)));
    const numbers = fc.array(fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })));
    await onConnection(desk, (client) =>
      fc.assert(
        fc.asyncProperty(texts, numbers, fc.array(fc.boolean()), async (...values) => {
          const select = 'select $1::text[] as texts, $2::float8[] as numbers, $3::boolean[] as booleans';
          const [result] = await runPipeline(client, [plain(select, values)]);
          const [readTexts, readNumbers, readBooleans] = values;
          expect(result!.rows).toEqual([
            {
              texts: readTexts,
              numbers: readNumbers.map((number) => (number === null ? null : number + 0)),
              booleans: readBooleans,
            },
          ]);
        }),
      ),
    );
  });

  test('sends nothing where a value cannot be written', async () => {
    await using desk = await openDesk(1);
    const value = {
      toPostgres: () => {
        throw new Error('cannot be written');
      },
    };
    await onConnection(desk, async (client, writes) => {
      await expect(runPipeline(client, [insertNote('a'), plain('select $1', [value])])).rejects.toThrow('written');
      expect(writes()).toBe(0);
    });
  });
});

describe('a unit of work that asked nothing', () => {
  test('is one write without BEGIN and COMMIT, and a transaction by itself', async () => {
    await using desk = await openDesk(1);
    const ids = await onConnection(desk, async (client, writes) => {
      const results = await new Transaction(client).commit([
        plain('select txid_current() as id'),
        insertNote('a'),
        plain('select txid_current() as id'),
      ]);
      expect(writes()).toBe(1);
      return results.flatMap(({ rows }) => rows as { id: string }[]);
    });
    expect(ids[0]).toEqual(ids[1]);
    expect(await notesIn(desk)).toEqual(['a']);
  });

  test('keeps nothing of what it changed where its last statement fails', async () => {
    await using desk = await openDesk(1);
    const failing = onConnection(desk, (client) => new Transaction(client).commit([insertNote('a'), divide(0)]));
    await expect(failing).rejects.toThrow('division by zero');
    expect(await notesIn(desk)).toEqual([]);
  });

  test('is not committed a second time', async () => {
    await using desk = await openDesk(1);
    const again = onConnection(desk, async (client) => {
      const transaction = new Transaction(client);
      await transaction.commit([insertNote('a')]);
      await transaction.commit([insertNote('b')]);
    });
    await expect(again).rejects.toThrow('the unit of work has ended');
    expect(await notesIn(desk)).toEqual(['a']);
  });

  test('tells nobody what was answered before a statement failed', async () => {
    await using desk = await openDesk(1);
    const heed = vi.fn<() => void>();
    const failing = onConnection(desk, (client) =>
      new Transaction(client).commit([{ ...insertNote('a'), heed }, divide(0)]),
    );
    await expect(failing).rejects.toThrow('division by zero');
    expect(heed).not.toHaveBeenCalled();
  });
});
