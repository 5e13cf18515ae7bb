import { describe, expect, test } from 'vitest';
import { PostgresStore } from '#events/messaging/adapters/postgresql/store';
import { createPool } from '#events/messaging/adapters/postgresql/transactions/pool';
import { IdempotencyKeyReused } from '#events/messaging/units/unit-of-work';
import { systemClock } from '#shared-kernel/clock';
import { deskOnMikroOrm } from '../contracts/messaging/desk/mikro-orm.ts';
import { NoteTaken } from '../contracts/messaging/desk/note.ts';
import { asUser } from '../contracts/messaging/post-office.ts';
import { type Desk, openDesk } from '../support/desk.ts';
import { untilBlocked } from '../support/blocked.ts';
import { until } from '../support/eventually.ts';
import { holdCommits } from '../support/held-commits.ts';
import { openLine } from '../support/line.ts';

type Store = Desk['store'];

const take = (store: Store, fingerprint = 'the input') =>
  asUser(
    () =>
      store.unitOfWork(async ({ notes, publish }) => {
        await notes.add('once');
        publish(NoteTaken({ topic: 'a', text: 'once' }));
        return (await notes.all()).length;
      }),
    { idempotency: { operation: 'desk.takeNote', key: 'k1', fingerprint } },
  );

describe('a commit whose answer was lost', () => {
  /** Leaves a unit of work committed whose caller was told that it failed. */
  async function loseTheAnswer(desk: Desk): Promise<void> {
    await using line = await openLine(desk.database.address);
    const held = await holdCommits(desk.database.address, 'desk.notes');
    const pool = createPool(line.address, { largest: 1, reportError: () => undefined });
    const store = await PostgresStore.open(deskOnMikroOrm, { pool, clock: systemClock, onAppended: () => undefined });
    const taking = take(store);
    taking.catch(() => undefined);
    await untilBlocked(desk.database, 1);
    await line.cut();
    await expect(taking).rejects.toThrow(/connection/i);
    await held.release();
    await pool.end();
    await until(async () => expect(await desk.database.query('select from desk.notes')).toHaveLength(1));
  }

  test('is found under its idempotency key, and nothing is done again', async () => {
    await using desk = await openDesk();
    await loseTheAnswer(desk);
    await expect(take(desk.store)).resolves.toBe(1);
    expect(await desk.database.query('select from desk.notes')).toHaveLength(1);
    expect(await desk.database.query('select from messaging.log')).toHaveLength(1);
  });

  test('is not taken for that of another request', async () => {
    await using desk = await openDesk();
    await loseTheAnswer(desk);
    await expect(take(desk.store, 'another input')).rejects.toThrow(IdempotencyKeyReused);
  });
});

describe('twins under one idempotency key', () => {
  test('are one unit of work: the second waits for the first, and gets its answer', async () => {
    await using desk = await openDesk();
    const other = await desk.reopen({});
    const held = await holdCommits(desk.database.address, 'desk.notes');
    const answers = Promise.all([take(desk.store), take(other), take(desk.store)]);
    answers.catch(() => undefined);
    await untilBlocked(desk.database, 3);
    await held.release();
    await expect(answers).resolves.toEqual([1, 1, 1]);
    expect(await desk.database.query('select from desk.notes')).toHaveLength(1);
  });
});
