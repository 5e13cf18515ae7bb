import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createOperations } from '#events/messaging/adapters/postgresql/operations/operations';
import { defineSubscriber } from '#events/messaging/lanes/subscriber';
import { type DeskScope, NoteFiled, NoteTaken } from '../contracts/messaging/desk/note.ts';
import { asUser } from '../contracts/messaging/post-office.ts';
import { type Desk, openDesk } from '../support/desk.ts';
import { relayOn, takeTexts, textsFiled } from '../support/desk-work.ts';
import { until } from '../support/eventually.ts';

/** After so many events a lane takes four at once, and two after a failure. */
const EARLY = Array.from({ length: 10 }, (_, at) => String(at));

describe('after a failover to a standby that lacked the last commits', () => {
  let desk: Desk;
  beforeEach(async () => void (desk = await openDesk()));
  afterEach(() => desk[Symbol.asyncDispose]());

  const take = (...texts: readonly string[]) => takeTexts(desk, ...texts);
  const notes = () => textsFiled(desk);
  const filer = (name: string, handle: (scope: DeskScope, text: string) => Promise<unknown>) =>
    defineSubscriber<DeskScope>()({ name, on: NoteTaken, handle: (scope, { data }) => handle(scope, data.text) });
  const relay = (...subscribers: readonly ReturnType<typeof filer>[]) =>
    relayOn(desk, subscribers, { settings: { outage: { first: 1, longest: 1 } } });

  /** All connections lead to another server from now on, on which something never happened. */
  const failOver = async (lose: string) => {
    const { database } = desk.database.address;
    await desk.database.query(lose);
    await desk.database.query(`
      create schema another;
      create function another.pg_postmaster_start_time() returns timestamptz language sql
        as $$ select pg_catalog.pg_postmaster_start_time() + interval '1 hour' $$;
      alter database ${database} set search_path = another, pg_catalog`);
    await desk.database.onServer(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}'`,
    );
  };

  const ahead = filer('desk.ahead', async () => undefined);
  test.each([
    ['from the log by all', []],
    ['by a lane that is behind', [ahead]],
  ])('nothing is handled that is gone, though what was read %s ends with an event that is not', async (_by, others) => {
    await take(...EARLY, 'lost', 'kept', 'later', 'last');
    await relay(...others).relayOnce();
    let failingOver: Promise<void> | undefined;
    const filing = filer('desk.fileOnNoteTaken', async (scope, text) => {
      if (text === 'lost') await (failingOver ??= failOver(`delete from messaging.log where data->>'text' = 'lost'`));
      await scope.notes.add(text);
    });
    await relay(...others, filing).relayOnce();
    expect(failingOver).toBeDefined();
    expect(await notes()).toEqual([...EARLY, 'kept', 'later', 'last']);
  });

  test('what a lane had handled is handled again if that is gone, though nothing is appended any more', async () => {
    await take('handled once more');
    const stop = new AbortController();
    const running = relay(filer('desk.fileOnNoteTaken', (scope, text) => scope.notes.add(text))).run(stop.signal);
    await until(async () => expect(await notes()).toHaveLength(1));
    await failOver('with gone as (delete from desk.notes) delete from desk.ledger where from_position <> -1');
    await until(async () => expect(await notes()).toEqual(['handled once more']));
    stop.abort();
    await running;
  });

  test('a lane whose last effects are gone stops until a person resumes it, and no other', async () => {
    const operations = createOperations(desk.pool, []);
    const pausedLanes = async () =>
      (await operations.status()).lanes.flatMap(({ subscriber, pausedBecause }) =>
        pausedBecause === null ? [] : [`${subscriber}: ${pausedBecause}`],
      );
    const early = defineSubscriber<DeskScope>()({
      name: 'desk.early',
      on: NoteFiled,
      handle: ({ notes }, { data }) => notes.add(`early: ${data.text}`),
    });
    await take('kept');
    const stop = new AbortController();
    const running = relay(
      filer('desk.fileOnNoteTaken', (scope, text) => scope.notes.add(text)),
      early,
    );
    const done = running.run(stop.signal);
    try {
      await until(async () => expect(await notes()).toEqual(['kept']));
      await take('lost');
      await until(async () => expect(await notes()).toEqual(['kept', 'lost']));
      await failOver(`
        delete from messaging.log where position = 2;
        delete from desk.notes where text = 'lost';
        delete from desk.ledger where to_position = 2;
        select setval('messaging.log_position_seq', 1)`);
      await until(async () =>
        expect(await pausedLanes()).toEqual([expect.stringMatching(/^desk.fileOnNoteTaken: position 2 /)]),
      );
      await take('new');
      await asUser(() => desk.store.unitOfWork(async ({ publish }) => publish(NoteFiled({ text: 'new' }))));
      await until(async () => expect(await notes()).toEqual(['kept', 'early: new']));
      await operations.resume('desk.fileOnNoteTaken', { actor: 'operator:ada', reason: 'we know what is lost' });
      await until(async () => expect(await notes()).toEqual(['kept', 'early: new', 'new']));
    } finally {
      stop.abort();
      await done;
    }
  });
});
