import { describe, expect, test } from 'vitest';
import { type MikroOrmContext, PostgresStore } from '#events/messaging/adapters/postgresql/store';
import { createPool, type DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import { faultOf, NotOpened } from '#events/messaging/lanes/fault';
import { IdempotencyKeyBusy, IdempotencyKeyReused } from '#events/messaging/units/idempotency';
import type { Execution } from '#events/messaging/units/execution';
import { systemClock } from '#shared-kernel/clock';
import { deskOnMikroOrm } from '../contracts/messaging/desk/mikro-orm.ts';
import { type DeskScope, NoteTaken } from '../contracts/messaging/desk/note.ts';
import { asUser } from '../contracts/messaging/post-office.ts';
import { type Desk, openDesk } from '../support/desk.ts';
import { untilBlocked } from '../support/blocked.ts';
import { until } from '../support/eventually.ts';
import { holdCommits } from '../support/held-commits.ts';
import { openLine } from '../support/line.ts';
import { countWrites } from '../support/writes.ts';

type Store = Desk['store'];

const ignore = () => undefined;
const idempotency = { operation: 'desk.takeNote', key: 'k1', fingerprint: 'the input' };

const take = (store: Store, fingerprint = idempotency.fingerprint) =>
  asUser(
    () =>
      store.unitOfWork(async ({ notes, publish }) => {
        await notes.add('once');
        publish(NoteTaken({ topic: 'a', text: 'once' }));
        return (await notes.all()).length;
      }),
    { idempotency: { ...idempotency, fingerprint } },
  );

/** A command that is held at its commit. */
async function takeAndHold({ database }: Desk, store: Store) {
  const held = await holdCommits(database.address, 'desk.notes');
  const taking = take(store);
  taking.catch(ignore);
  await untilBlocked(database, 1);
  return { held, taking };
}

const notesIn = ({ database }: Desk) => database.query('select from desk.notes');

/** A store with connections of its own. */
async function openStore(address: DatabaseAddress, door = deskOnMikroOrm) {
  const pool = createPool(address, { largest: 2, reportError: ignore });
  const store = await PostgresStore.open(door, { pool, clock: systemClock, onAppended: ignore });
  return { pool, store, [Symbol.asyncDispose]: () => pool.end() };
}

/** One that waits for no lock as long as others do. */
async function openHasty({ database }: Desk, door = deskOnMikroOrm) {
  const hasty = await openStore(database.address, door);
  hasty.pool.on('connect', (client) => void client.query(`set lock_timeout = '50ms'`));
  return hasty;
}

describe('a commit whose answer was lost', () => {
  /** Leaves a unit of work committed whose caller was told that it failed. */
  async function loseTheAnswer(desk: Desk): Promise<void> {
    await using line = await openLine(desk.database.address);
    await using far = await openStore(line.address);
    const { held, taking } = await takeAndHold(desk, far.store);
    await line.cut();
    await expect(taking).rejects.toSatisfy((error) => faultOf(error) === 'outage');
    await held.release();
    await until(async () => expect(await notesIn(desk)).toHaveLength(1));
  }

  test('is found under its idempotency key, and nothing is done again', async () => {
    await using desk = await openDesk();
    await loseTheAnswer(desk);
    await expect(take(desk.store)).resolves.toBe(1);
    expect(await notesIn(desk)).toHaveLength(1);
    expect(await desk.database.query('select from messaging.log')).toHaveLength(1);
  });

  test('is not taken for that of another request', async () => {
    await using desk = await openDesk();
    await loseTheAnswer(desk);
    await expect(take(desk.store, 'another input')).rejects.toThrow(IdempotencyKeyReused);
  });

  test('is found by the call that lost it, where the database can be asked again', async () => {
    await using desk = await openDesk();
    await using line = await openLine(desk.database.address);
    await using far = await openStore(line.address);
    const { held, taking } = await takeAndHold(desk, far.store);
    line.fallSilent();
    await held.release();
    await until(async () => expect(await notesIn(desk)).toHaveLength(1));
    line.hangUp();
    await expect(taking).resolves.toBe(1);
    expect(await notesIn(desk)).toHaveLength(1);
  });

  test('is not said to have done nothing where the database cannot be asked again', async () => {
    await using desk = await openDesk();
    await using line = await openLine(desk.database.address);
    await using behind = await openStore(line.address);
    const { held, taking } = await takeAndHold(desk, behind.store);
    await line.cut();
    await expect(taking).rejects.not.toThrow(NotOpened);
    await held.release();
    await until(async () => expect(await notesIn(desk)).toHaveLength(1));
  });

  test('is waited for by the call that lost it, and by its repeat', async () => {
    await using desk = await openDesk();
    await using line = await openLine(desk.database.address);
    await using far = await openStore(line.address);
    const { held, taking } = await takeAndHold(desk, far.store);
    line.hangUp();
    await untilBlocked(desk.database, 2);
    const again = take(desk.store);
    again.catch(ignore);
    await untilBlocked(desk.database, 3);
    await held.release();
    expect(await Promise.all([taking, again])).toEqual([1, 1]);
    expect(await notesIn(desk)).toHaveLength(1);
  });
});

describe('a new idempotency key', () => {
  test('costs no round trip', async () => {
    await using desk = await openDesk(1);
    let written = () => Number.NaN;
    desk.pool.once('acquire', (client) => (written = countWrites(client)));
    const costOf = async (work: (scope: DeskScope) => Promise<unknown>, more: Partial<Execution>) => {
      const before = written();
      await asUser(() => desk.store.unitOfWork(work), more);
      return written() - before;
    };
    const asking = ({ notes }: DeskScope) => notes.all();
    const askingNothing = async ({ publish }: DeskScope) => publish(NoteTaken({ topic: 'a', text: 'unseen' }));
    await desk.store.withConnection(async () => undefined);
    expect(await costOf(asking, { idempotency })).toBe(await costOf(asking, {}));
    const another = { ...idempotency, key: 'k2' };
    expect(await costOf(askingNothing, { idempotency: another })).toBe(await costOf(askingNothing, {}));
  });
});

describe('twins under one idempotency key', () => {
  test('are one unit of work: the second waits for the first, and gets its answer', async () => {
    await using desk = await openDesk();
    const other = await desk.reopen({});
    const held = await holdCommits(desk.database.address, 'desk.notes');
    const answers = Promise.all([take(desk.store), take(other), take(desk.store)]);
    answers.catch(ignore);
    await untilBlocked(desk.database, 3);
    await held.release();
    await expect(answers).resolves.toEqual([1, 1, 1]);
    expect(await notesIn(desk)).toHaveLength(1);
  });

  test('are told that the first still runs, where its commit takes longer than one waits for a lock', async () => {
    await using desk = await openDesk();
    await using hasty = await openHasty(desk);
    const { held, taking } = await takeAndHold(desk, desk.store);
    await expect(take(hasty.store)).rejects.toThrow(IdempotencyKeyBusy);
    await held.release();
    await expect(taking).resolves.toBe(1);
    await expect(take(hasty.store)).resolves.toBe(1);
    expect(await notesIn(desk)).toHaveLength(1);
  });

  describe('of which the second is refused for what somebody else has changed while the first runs', () => {
    const underKey = <Result>(store: Store, work: (scope: DeskScope) => Promise<Result>) => {
      const running = asUser(() => store.unitOfWork(work), { idempotency });
      running.catch(ignore);
      return running;
    };
    const takeWhileOpen = async ({ notes }: DeskScope) => {
      if (!(await notes.all()).includes('open')) throw new Error('it is closed');
      await notes.add('once');
      return 'taken';
    };

    /** The first is held at its commit, and would be refused by now. */
    async function begin(desk: Desk, work = takeWhileOpen) {
      await desk.database.query(`insert into desk.notes (tenant_id, text) values ('default', 'open')`);
      const held = await holdCommits(desk.database.address, 'desk.idempotency');
      const first = underKey(desk.store, work);
      await untilBlocked(desk.database, 1);
      await desk.database.query(`delete from desk.notes where text = 'open'`);
      return { held, first };
    }

    test('get one answer', async () => {
      await using desk = await openDesk();
      const { held, first } = await begin(desk);
      const second = underKey(desk.store, takeWhileOpen);
      await untilBlocked(desk.database, 2);
      await held.release();
      expect(await Promise.all([first, second])).toEqual(['taken', 'taken']);
      expect(await notesIn(desk)).toHaveLength(1);
    });

    test('get one answer also where the first asks for nothing before its commit', async () => {
      await using desk = await openDesk();
      const { held, first } = await begin(desk, async ({ publish }) => {
        publish(NoteTaken({ topic: 'a', text: 'once' }));
        return 'taken';
      });
      const second = underKey(desk.store, takeWhileOpen);
      await untilBlocked(desk.database, 2);
      await held.release();
      expect(await Promise.all([first, second])).toEqual(['taken', 'taken']);
    });

    test('are told that the first still runs, and so is a third that comes behind the second', async () => {
      await using desk = await openDesk();
      await using hasty = await openHasty(desk);
      const { held, first } = await begin(desk);
      await expect(underKey(hasty.store, takeWhileOpen)).rejects.toThrow(IdempotencyKeyBusy);
      const second = underKey(desk.store, takeWhileOpen);
      await untilBlocked(desk.database, 2);
      await expect(underKey(hasty.store, takeWhileOpen)).rejects.toThrow(IdempotencyKeyBusy);
      await held.release();
      expect(await Promise.all([first, second])).toEqual(['taken', 'taken']);
    });

    test('have what refused the second for an answer where the first is undone', async () => {
      await using desk = await openDesk();
      const { held, first } = await begin(desk);
      const second = underKey(desk.store, takeWhileOpen);
      await untilBlocked(desk.database, 2);
      await desk.database.query(`
        select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid in (
            select pid from pg_locks where locktype = 'advisory' and mode = 'ShareLock' and granted)`);
      await expect(second).rejects.toThrow('it is closed');
      await expect(first).rejects.toThrow(/terminat/);
      await held.release();
      expect(await notesIn(desk)).toEqual([]);
    });
  });

  test('run again one after the other where both have lost a race, so that the second need not', async () => {
    await using desk = await openDesk();
    const held = await holdCommits(desk.database.address, 'desk.notes');
    let runs = 0;
    const loseFirst = () => {
      const losses = [Object.assign(new Error('deadlock detected'), { code: '40P01' })];
      const work = async ({ notes }: DeskScope) => {
        runs += 1;
        await notes.add('once');
        for (const loss of losses.splice(0)) throw loss;
      };
      const running = asUser(() => desk.store.unitOfWork(work), { idempotency });
      running.catch(ignore);
      return running;
    };
    const first = loseFirst();
    await untilBlocked(desk.database, 1);
    const second = loseFirst();
    await untilBlocked(desk.database, 2);
    await held.release();
    await Promise.all([first, second]);
    expect(runs).toBe(3);
    expect(await notesIn(desk)).toHaveLength(1);
  });

  describe('of which the first holds a row that the second wants', () => {
    const withBook: MikroOrmContext<DeskScope> = {
      ...deskOnMikroOrm,
      createScope: (em, unit, queueSql) => {
        const scope = deskOnMikroOrm.createScope(em, unit, queueSql);
        const add = async (text: string) => {
          await em.execute('select from desk.notes where id = 0 for update');
          await scope.notes.add(text);
        };
        return { ...scope, notes: { ...scope.notes, add } };
      },
    };

    /** The first has taken the row, and is held at its commit. */
    async function begin(desk: Desk) {
      await desk.database.query(`insert into desk.notes (id, tenant_id, text) values (0, 'other', 'the book')`);
      const held = await holdCommits(desk.database.address, 'desk.notes');
      const patient = await openStore(desk.database.address, withBook);
      const first = take(patient.store);
      first.catch(ignore);
      await untilBlocked(desk.database, 1);
      return { held, first, ...patient };
    }

    test('are one unit of work as well', async () => {
      await using desk = await openDesk();
      await using begun = await begin(desk);
      const second = take(begun.store);
      second.catch(ignore);
      await untilBlocked(desk.database, 2);
      await begun.held.release();
      expect(await Promise.all([begun.first, second])).toEqual([1, 1]);
      expect(await notesIn(desk)).toHaveLength(2);
    });

    test('are told that the first still runs, where it takes longer than one waits for a lock', async () => {
      await using desk = await openDesk();
      await using begun = await begin(desk);
      await using hasty = await openHasty(desk, withBook);
      await expect(take(hasty.store)).rejects.toThrow(IdempotencyKeyBusy);
      await begun.held.release();
      await expect(begun.first).resolves.toBe(1);
      await expect(take(hasty.store)).resolves.toBe(1);
      expect(await notesIn(desk)).toHaveLength(2);
    });
  });
});
