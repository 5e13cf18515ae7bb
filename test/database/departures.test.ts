import type pg from 'pg';
import { expect, test } from 'vitest';
import { Departures } from '#events/messaging/adapters/postgresql/transactions/departures';
import { type FinalStatement, Transaction } from '#events/messaging/adapters/postgresql/transactions/transaction';
import { faultOf, mayBeBroughtAbout, noteAnswered } from '#events/messaging/lanes/fault';
import { until } from '../support/eventually.ts';
import { type Desk, openDesk } from '../support/desk.ts';
import { countWrites } from '../support/writes.ts';

const insertNote = (text: string): FinalStatement => ({
  name: 'insert-note',
  text: `insert into desk.notes (tenant_id, text) values ('default', $1) returning txid_current()::text as id, text`,
  values: [text],
});
const divide = (by: number): FinalStatement => ({ text: 'select 1 / $1::int', values: [by] });

const notesIn = async ({ database }: Desk) =>
  (await database.query<{ text: string }>('select text from desk.notes order by id')).map(({ text }) => text);

/** Lends as many connections as there are transactions, which all commit in one turn unless they have asked something before. */
async function commitAll(
  desk: Desk,
  transactions: readonly (readonly FinalStatement[])[],
  prepare: (open: readonly Transaction[], clients: readonly pg.PoolClient[]) => Promise<unknown> = async () =>
    undefined,
) {
  const departures = new Departures();
  const clients = await Promise.all(transactions.map(() => desk.pool.connect()));
  const writes = clients.map(countWrites);
  try {
    const open = clients.map((client) => new Transaction(client, departures));
    await prepare(open, clients);
    const before = writes.map((count) => count());
    const outcomes = await Promise.allSettled(open.map((transaction, at) => transaction.commit(transactions[at]!)));
    for (const [at, outcome] of outcomes.entries())
      if (outcome.status === 'rejected' && (await open[at]!.rollback())) noteAnswered(outcome.reason);
    return {
      errors: outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : [])),
      outcomes: outcomes.map((outcome) =>
        outcome.status === 'fulfilled'
          ? outcome.value.flatMap(({ rows }) => rows as { id: string; text: string }[])
          : (outcome.reason as Error).message,
      ),
      writes: writes.map((count, at) => count() - before[at]!),
    };
  } finally {
    for (const client of clients) client.release(true);
  }
}

const transactionsOf = (outcomes: readonly (string | readonly { id: string }[])[]) =>
  new Set(outcomes.flatMap((rows) => (typeof rows === 'string' ? [] : rows.map(({ id }) => id)))).size;

test('transactions that leave in the same turn are one, and each has its own answers', async () => {
  await using desk = await openDesk(3);
  const { outcomes, writes } = await commitAll(desk, [[insertNote('a'), insertNote('b')], [insertNote('c')]]);
  expect(outcomes).toMatchObject([[{ text: 'a' }, { text: 'b' }], [{ text: 'c' }]]);
  expect(transactionsOf(outcomes)).toBe(1);
  expect(writes).toEqual([1, 0]);
  expect(await notesIn(desk)).toEqual(['a', 'b', 'c']);
});

test('where one of them fails each goes alone, and only that one fails', async () => {
  await using desk = await openDesk(4);
  const { outcomes } = await commitAll(desk, [[insertNote('a')], [insertNote('b'), divide(0)], [insertNote('c')]]);
  expect(outcomes).toMatchObject([[{ text: 'a' }], 'division by zero', [{ text: 'c' }]]);
  expect(transactionsOf(outcomes)).toBe(2);
  expect((await notesIn(desk)).toSorted()).toEqual(['a', 'c']);
});

test('the loss of their connection is the fault of none of them, whoever’s it was', async () => {
  await using desk = await openDesk(3);
  const { errors } = await commitAll(desk, [[insertNote('a')], [insertNote('b')]], async (_open, [first]) => {
    await desk.database.query('select pg_terminate_backend($1)', [
      (first as unknown as { processID: number }).processID,
    ]);
    await until(async () =>
      expect(
        await desk.database.query(`select from pg_stat_activity where application_name = 'microlith'`),
      ).toHaveLength(1),
    );
  });
  expect(errors.map(faultOf)).toEqual(['outage', 'outage']);
  expect(errors.map(mayBeBroughtAbout)).toEqual([false, false]);
  expect(await notesIn(desk)).toEqual([]);
});

test('one that has asked something leaves by itself', async () => {
  await using desk = await openDesk(3);
  const { outcomes } = await commitAll(desk, [[insertNote('a')], [insertNote('b')]], ([first]) =>
    first!.query({ text: 'select', values: [] }),
  );
  expect(transactionsOf(outcomes)).toBe(2);
});
