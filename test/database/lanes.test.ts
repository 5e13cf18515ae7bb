import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LaneSettings } from '#events/messaging/lanes/lane-settings';
import { BUSY, type EnlistedLane } from '#events/messaging/lanes/lane-storage';
import { BEGINNING, type RecordedEvent } from '#events/messaging/log/log';
import type { Observer } from '#events/messaging/watching/observer';
import { defineSubscriber } from '#events/messaging/lanes/subscriber';
import { type DeskScope, NoteTaken } from '../contracts/messaging/desk/note.ts';
import { type Desk, openDesk } from '../support/desk.ts';
import { relayOn, takeTexts, textsFiled } from '../support/desk-work.ts';
import { until } from '../support/eventually.ts';

const SUBSCRIBER = 'desk.fileOnNoteTaken';

/** What is parked stays so for as long as a test takes. */
const NEVER = { first: 3_600_000, longest: 3_600_000 };

describe('a lane', () => {
  let desk: Desk;
  let parkings: string[];
  let outcomes: string[];
  let faults: string[];
  beforeEach(async () => {
    desk = await openDesk();
    parkings = [];
    outcomes = [];
    faults = [];
  });
  afterEach(() => desk[Symbol.asyncDispose]());

  const observer: Observer = {
    failed: ({ fault }) => void faults.push(fault),
    parked: ({ error }) => void parkings.push(error),
    retried: ({ outcome }) => void outcomes.push(outcome),
  };
  const filer = (handle: (scope: DeskScope, text: string) => Promise<unknown>) =>
    defineSubscriber<DeskScope>()({
      name: SUBSCRIBER,
      on: NoteTaken,
      handle: (scope, { data }) => handle(scope, data.text),
    });
  const filing = filer(({ notes }, text) => notes.add(text));
  const relay = (subscriber = filing, settings: Partial<LaneSettings> = {}) =>
    relayOn(desk, [subscriber], { observer, settings: { retry: NEVER, ...settings } });
  const take = (...texts: readonly string[]) => takeTexts(desk, ...texts);
  const notes = () => textsFiled(desk);
  const enlist = async (): Promise<EnlistedLane> =>
    (await desk.store.lanes.enlist([filing], async () => BEGINNING))[0]!;
  const onlyEvent = async (): Promise<RecordedEvent> => (await desk.source.rows(0, 10))[0]!;

  test('sets an event aside that ended the process which handled it, without trying it again', async () => {
    await take('deadly', 'fine');
    const { id } = await enlist();
    const { position } = await onlyEvent();
    await desk.database.query('insert into desk.trial (lane_id, position, starts) values ($1, $2, 1)', [id, position]);
    await relay().relayOnce();
    expect(await notes()).toEqual(['fine']);
    expect(parkings).toEqual(['the process ended while this event was being handled']);
  });

  test('stops by itself when more events have ended their process than may be parked', async () => {
    await take('deadly', 'fine');
    const { id } = await enlist();
    const { position } = await onlyEvent();
    await desk.database.query('insert into desk.trial (lane_id, position, starts) values ($1, $2, 1)', [id, position]);
    await relay(filing, { mostParkedKeys: 0 }).relayOnce();
    expect((await desk.store.lanes.standing(await enlist())).pausedBecause).toContain('more than 0 keys are parked');
    expect(await notes()).toEqual([]);
  });

  test('leaves an event to an operator that ends the process at every attempt', async () => {
    await take('deadly');
    await relay(filer(() => Promise.reject(new Error('undigestible')))).relayOnce();
    await desk.database.query('update desk.parked set attempts = 12, due_at = now()');
    await relay().relayOnce();
    expect(outcomes).toEqual(['dead']);
    expect(await notes()).toEqual([]);
  });

  test('does not take the trial of a twin for one that ended its process', async () => {
    await take('fine');
    const [lane, event] = [await enlist(), await onlyEvent()];
    const gate = Promise.withResolvers<void>();
    const running = Promise.withResolvers<void>();
    const first = desk.store.lanes.inBatch(
      lane,
      async () => {
        running.resolve();
        await gate.promise;
        throw new Error('undone');
      },
      { trial: event },
    );
    first.catch(() => undefined);
    await running.promise;
    const starts: number[] = [];
    const twin = await desk.store.lanes.inBatch(lane, async (batch) => starts.push(batch.earlierStarts), {
      trial: event,
    });
    const [trial] = await desk.database.query<{ starts: number }>('select starts from desk.trial');
    gate.resolve();
    await expect(first).rejects.toThrow('undone');
    expect([twin, starts, trial!.starts]).toEqual([BUSY, [], 1]);
  });

  test('takes the start of a trial back with the commit, and is free then', async () => {
    await take('fine');
    const [lane, event] = [await enlist(), await onlyEvent()];
    const move = async (batch: { advanceTo(to: { position: number; eventId: string }): void }) =>
      batch.advanceTo({ position: event.position, eventId: event.id });
    await desk.store.lanes.inBatch(lane, move, { trial: event });
    const trials = await desk.database.query(
      'select t.starts, t.xmin = l.xmin as together from desk.trial t join desk.ledger l on l.to_position = t.position',
    );
    const held = await desk.database.query(
      `select from pg_locks join pg_database on pg_database.oid = database
        where datname = current_database() and locktype = 'advisory'`,
    );
    expect(trials).toEqual([{ starts: 0, together: true }]);
    expect(held).toEqual([]);
  });

  test('that another has moved on spends no attempt, loses nothing, and is no failure', async () => {
    await take('1', '2');
    const { id } = await enlist();
    let hasMoved = false;
    const subscriber = filer(async (scope, text) => {
      await scope.notes.add(text);
      if (hasMoved) return;
      hasMoved = true;
      await desk.database.query(
        `insert into desk.ledger (lane_id, from_position, to_position, to_id)
         select $1, 0, position, id from messaging.log order by position limit 1`,
        [id],
      );
    });
    await relay(subscriber).relayOnce();
    expect(await notes()).toEqual(['2']);
    expect([parkings, faults]).toEqual([[], []]);
  });

  test('that another has moved on blames no event for what failed then', async () => {
    await take('1', '2');
    const { id } = await enlist();
    const subscriber = filer(async (scope, text) => {
      if (text === '2') return scope.notes.add(text);
      await desk.database.query(
        `insert into desk.ledger (lane_id, from_position, to_position, to_id)
         select $1, 0, position, id from messaging.log order by position limit 1`,
        [id],
      );
      throw new Error('it is there already');
    });
    const stop = new AbortController();
    const running = relay(subscriber).run(stop.signal);
    try {
      await until(async () => expect(await notes()).toEqual(['2']));
    } finally {
      stop.abort();
      await running;
    }
    expect(parkings).toEqual([]);
  });

  /** Whatever went out on another connection is done. */
  const allDone = async () => {
    const clients = await Promise.all(Array.from({ length: desk.pool.options.max }, () => desk.pool.connect()));
    for (const client of clients) client.release();
  };

  test('moves on in the transaction of its effects', async () => {
    await take('half');
    const [lane, event] = [await enlist(), await onlyEvent()];
    const ledger = () => desk.database.query('select to_position::int from desk.ledger');
    const failing = desk.store.lanes.inBatch(lane, async (batch) => {
      await batch.scopeOf(event.tenantId).notes.add('half');
      batch.advanceTo({ position: event.position, eventId: event.id });
      for (let look = 0; look < 3; look += 1) expect(await ledger()).toEqual([{ to_position: 0 }]);
      throw new Error('stumbled');
    });
    await expect(failing).rejects.toThrow('stumbled');
    await allDone();
    expect([await ledger(), await notes()]).toEqual([[{ to_position: 0 }], []]);
  });

  test('sets an event aside in the transaction that moves it on', async () => {
    await take('poison');
    const [lane, event] = [await enlist(), await onlyEvent()];
    const parked = () => desk.database.query('select from desk.parked');
    const failing = desk.store.lanes.inBatch(lane, async (batch) => {
      batch.park(event, { kind: 'failed', error: 'no', restMs: 0 });
      batch.advanceTo({ position: event.position, eventId: event.id });
      for (let look = 0; look < 3; look += 1) expect(await parked()).toEqual([]);
      throw new Error('stumbled');
    });
    await expect(failing).rejects.toThrow('stumbled');
    await allDone();
    expect(await parked()).toEqual([]);
  });

  test('has a parked event tried by one worker at a time', async () => {
    await take('poison');
    await relay(filer(() => Promise.reject(new Error('undigestible')))).relayOnce();
    const [lane, event] = [await enlist(), await onlyEvent()];
    const parked = { event, attempt: 2, followers: [] };
    const attempt = (during: () => Promise<unknown> = async () => undefined) =>
      desk.store.parked.inRetry(lane, parked, async (scope) => {
        await scope.notes.add('tried');
        await during();
      });
    const seconds: boolean[] = [];
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    const hasEndedOrWaits = async () => seconds.length > 0 || (await desk.database.query(waiting)).length > 0;
    let second: Promise<unknown> | undefined;
    const first = await attempt(async () => {
      second = attempt().then((isDone) => seconds.push(isDone));
      await until(async () => expect(await hasEndedOrWaits()).toBe(true));
    });
    await second;
    expect([first, ...seconds, await attempt()]).toEqual([true, false, false]);
    expect(await notes()).toEqual(['tried']);
  });

  test('keeps an error that no table could hold, shortened and readable', async () => {
    await take('poison', 'fine');
    const error = new Error(`a NUL \0, half a pair \ud800, and 5 MB ${'x'.repeat(5_000_000)}`);
    await relay(
      filer((scope, text) => (text === 'poison' ? Promise.reject(error) : scope.notes.add(text))),
    ).relayOnce();
    const [parked] = await desk.database.query<{ error: string }>('select error from desk.parked');
    expect(parked!.error).toContain('Error: a NUL \u2400, half a pair \ufffd');
    expect(parked!.error).toHaveLength(2_000);
    expect(await notes()).toEqual(['fine']);
  });

  test('and the log are only ever added to', async () => {
    await desk.database.query(`
      create table public.touched (what text);
      create function public.note_touch() returns trigger language plpgsql as
        'begin insert into public.touched values (tg_op || '' '' || tg_table_name); return null; end';
      create trigger touched after update or delete on desk.ledger for each row execute function public.note_touch();
      create trigger touched after update or delete on messaging.log for each row execute function public.note_touch()`);
    await relay().relayOnce();
    for (const text of ['1', '2', '3']) {
      await take(text);
      await relay().relayOnce();
    }
    expect(await notes()).toEqual(['1', '2', '3']);
    expect(await desk.database.query('select * from public.touched')).toEqual([]);
    expect(await desk.database.query('select from desk.ledger')).toHaveLength(4);
  });
});
