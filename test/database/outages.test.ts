import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Observer } from '#events/messaging/watching/observer';
import { defineSubscriber } from '#events/messaging/lanes/subscriber';
import { type DeskScope, NoteTaken } from '../contracts/messaging/desk/note.ts';
import { type Desk, openDesk } from '../support/desk.ts';
import { relayOn, takeTexts, textsFiled } from '../support/desk-work.ts';
import { until } from '../support/eventually.ts';

describe('a lane that its database fails', () => {
  let desk: Desk;
  let parkings: string[];
  let outcomes: string[];
  let faults: string[];
  let opensAfter: number;
  beforeEach(async () => {
    desk = await openDesk();
    parkings = [];
    outcomes = [];
    faults = [];
  });
  afterEach(() => desk[Symbol.asyncDispose]());

  const observer: Observer = {
    failed({ fault }) {
      faults.push(fault);
      if (faults.length === opensAfter) void setOpen(true);
    },
    parked: ({ error }) => void parkings.push(error),
    retried: ({ outcome }) => void outcomes.push(outcome),
  };
  const filer = (handle: (scope: DeskScope, text: string) => Promise<unknown>) =>
    defineSubscriber<DeskScope>()({
      name: 'desk.fileOnNoteTaken',
      on: NoteTaken,
      handle: (scope, { data }) => handle(scope, data.text),
    });
  const take = (...texts: readonly string[]) => takeTexts(desk, ...texts);
  const notes = () => textsFiled(desk);
  const settings = { attempts: 3, retry: { first: 1, longest: 1 }, outage: { first: 1, longest: 1 } };
  const relay = (handle: Parameters<typeof filer>[0]) => relayOn(desk, [filer(handle)], { observer, settings });
  const deliverUntil = async (handle: Parameters<typeof filer>[0], expectation: () => Promise<unknown>) => {
    const stop = new AbortController();
    const running = relay(handle).run(stop.signal);
    try {
      await until(expectation);
    } finally {
      stop.abort();
      await running;
    }
  };

  const name = () => desk.database.address.database;
  const endSessions = (which: string) =>
    desk.database.onServer(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name()}' and ${which}`,
    );
  const loseConnection = () => endSessions(`state = 'idle in transaction'`);
  const setOpen = (isOpen: boolean) => desk.database.onServer(`alter database ${name()} allow_connections ${isOpen}`);
  /** Until so many more failures are seen. */
  const lockOut = async (failures: number) => {
    opensAfter = faults.length + failures;
    await setOpen(false);
    await endSessions('true');
  };

  test('blames no event for connections that are lost under it, and goes on by itself', async () => {
    await take('1', '2');
    let left = 5;
    await relay(async (scope, text) => {
      left -= 1;
      if (left >= 0) await loseConnection();
      await scope.notes.add(text);
    }).relayOnce();
    expect(faults).toEqual(Array(5).fill('outage'));
    expect(parkings).toEqual([]);
    expect(await notes()).toEqual(['1', '2']);
  });

  test('blames no event while nobody is let in, whatever the server says of it', async () => {
    await take('1');
    await deliverUntil(
      async (scope, text) => {
        if (faults.length === 0) await lockOut(4);
        await scope.notes.add(text);
      },
      async () => expect(await notes()).toEqual(['1']),
    );
    expect(new Set(faults)).toEqual(new Set(['outage']));
    expect(parkings).toEqual([]);
  });

  test('spends no attempt on a parked event, though it can give it back only when the database is there again', async () => {
    await take('poison');
    let tries = 0;
    await deliverUntil(
      async (scope, text) => {
        tries += 1;
        if (tries === 1) throw new Error('undigestible');
        if (tries < 6) await lockOut(2);
        await scope.notes.add(text);
      },
      async () => expect(outcomes).toHaveLength(1),
    );
    expect(outcomes).toEqual(['done']);
    expect(await notes()).toEqual(['poison']);
  });

  test('sets an event aside that loses its connection 20 times in a row, and lets the others pass', async () => {
    await take('deadly', 'fine');
    await deliverUntil(
      async (scope, text) => {
        if (text === 'deadly') await loseConnection();
        await scope.notes.add(text);
      },
      async () => expect(await notes()).toEqual(['fine']),
    );
    expect(parkings).toEqual([expect.stringContaining('20 times in a row')]);
  });

  test('sets an event aside whose statement is cancelled, and lets the others pass', async () => {
    await desk.database.query(`
      create function desk.take_too_long() returns trigger language plpgsql as
        'begin if new.text = ''endless'' then perform pg_cancel_backend(pg_backend_pid()), pg_sleep(60); end if; return new; end';
      create trigger take_too_long before insert on desk.notes for each row execute function desk.take_too_long()`);
    await take('endless', 'fine');
    await deliverUntil(
      (scope, text) => scope.notes.add(text),
      async () => expect(await notes()).toEqual(['fine']),
    );
    expect(parkings).toEqual([expect.stringContaining('canceling statement due to user request')]);
  });
});
