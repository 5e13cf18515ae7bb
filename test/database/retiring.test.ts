import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defineSubscriber } from '#events/messaging';
import { createMemberName, joinMembers } from '#events/messaging/adapters/postgresql/relay/members';
import {
  AlreadyRetired,
  NotPaused,
  StillHeard,
  StillWorked,
} from '#events/messaging/adapters/postgresql/operations/lanes';
import { createOperations, type Operations } from '#events/messaging/adapters/postgresql/operations/operations';
import { alarmsOf } from '#events/messaging/watching/alarms';
import { Fenced } from '#events/messaging/lanes/failure';
import { BEGINNING } from '#events/messaging/log/log';
import { type DeskScope, NoteTaken } from '../contracts/messaging/desk/note.ts';
import { type Desk, openDesk } from '../support/desk.ts';
import { until } from '../support/eventually.ts';
import { holdCommits } from '../support/held-commits.ts';
import { relayOn, takeTexts, textsFiled } from '../support/desk-work.ts';

const FILER = 'desk.fileOnNoteTaken';
const operator = { actor: 'operator:ada', reason: 'notes are filed elsewhere now' };

describe('a lane that is retired', () => {
  let desk: Desk;
  /** Of code that has the subscriber, and of code that does not. */
  let old: Operations;
  let later: Operations;
  beforeEach(async () => {
    desk = await openDesk();
    old = createOperations(desk.pool, [{ context: 'desk', name: FILER, types: [NoteTaken.type] }]);
    later = createOperations(desk.pool, []);
  });
  afterEach(() => desk[Symbol.asyncDispose]());

  const take = (...texts: readonly string[]) => takeTexts(desk, ...texts);
  const filed = () => textsFiled(desk);
  const isPoison = (text: string) => text.startsWith('poison');
  let isMended = false;
  beforeEach(() => void (isMended = false));
  const filer = defineSubscriber<DeskScope>()({
    name: FILER,
    on: NoteTaken,
    handle: async ({ notes }, { data: { text } }) => {
      if (isPoison(text) && !isMended) throw new Error('undigestible');
      await notes.add(text);
    },
  });
  /** A process with the code that has the subscriber. */
  const oldProcess = () => relayOn(desk, [filer]);
  /** When nobody was seen to work the lane for a while. */
  const retire = async () => {
    await desk.database.query(`update desk.ledger set recorded_at = recorded_at - interval '2 minutes'`);
    return later.retire(FILER, operator);
  };

  test('rests where old code still runs: nothing is handled again, nor what comes later', async () => {
    await take('1', '2');
    const running = oldProcess();
    await running.relayOnce();
    await retire();
    await take('3');
    running.reconsider();
    await running.relayOnce();
    expect(await filed()).toEqual(['1', '2']);
  });

  test('rests where old code has not heard of it yet', async () => {
    await take('1');
    const running = oldProcess();
    await running.relayOnce();
    await retire();
    await take('2');
    await running.relayOnce();
    expect(await filed()).toEqual(['1']);
  });

  test('rests where old code comes back, and asks for a person', async () => {
    await take('1', '2');
    await oldProcess().relayOnce();
    await retire();
    await oldProcess().relayOnce();
    expect(await filed()).toEqual(['1', '2']);
    expect(alarmsOf({ ...(await old.status()), relays: 1 })).toMatchObject([
      { name: 'lane-retired', subject: FILER, todo: expect.stringContaining(`events resume ${FILER}`) },
    ]);
    expect(alarmsOf({ ...(await later.status()), relays: 1 })).toEqual([]);
  });

  test('rests under every name it had', async () => {
    await take('1');
    await oldProcess().relayOnce();
    await retire();
    await relayOn(desk, [{ ...filer, name: 'desk.fileAgain', aliases: [FILER] }]).relayOnce();
    expect(await filed()).toEqual(['1']);
  });

  test('fences whoever works it without having looked', async () => {
    await take('1', '2');
    await oldProcess().relayOnce();
    const [lane] = await desk.store.lanes.enlist([filer], async () => BEGINNING);
    await retire();
    const moving = desk.store.lanes.inBatch(lane!, async (batch) => batch.advanceTo(batch.at));
    await expect(moving).rejects.toThrow(Fenced);
  });

  test('stands after the batch that was being committed when it was closed', async () => {
    const early = Array.from({ length: 12 }, (_, at) => `early ${at}`);
    await take(...early);
    const running = oldProcess();
    await running.relayOnce();
    const held = await holdCommits(desk.database.address, 'desk.notes');
    await take('at the last moment');
    const waiting = (query: string) => async () =>
      expect(
        await desk.database.query(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like $1`,
          [query],
        ),
      ).toHaveLength(1);
    const relaying = running.relayOnce();
    await until(waiting('commit%'));
    const retiring = retire();
    await until(waiting('%insert into desk.ledger%'));
    await held.release();
    await Promise.all([relaying, retiring]);
    await old.resume(FILER, operator);
    await take('later');
    running.reconsider();
    await running.relayOnce();
    expect(await filed()).toEqual([...early, 'at the last moment', 'later']);
  });

  test('goes on where it stood when it is resumed, with what is parked on it', async () => {
    await take('1', 'poison');
    await oldProcess().relayOnce();
    expect(await retire()).toEqual({ parked: 1 });
    await take('2');
    const running = oldProcess();
    await running.relayOnce();
    await old.resume(FILER, operator);
    isMended = true;
    await old.actOnParked('retry', { filter: {}, operator });
    running.reconsider();
    await running.relayOnce();
    expect((await filed()).toSorted()).toEqual(['1', '2', 'poison']);
    await expect(old.resume(FILER, operator)).rejects.toThrow(NotPaused);
  });

  test('still shows what is parked on it, which can be given up', async () => {
    await take('poison');
    await oldProcess().relayOnce();
    await retire();
    expect((await later.status()).lanes).toMatchObject([{ subscriber: FILER, isRetired: true, parked: 1 }]);
    expect(await later.listParked({ subscriber: FILER }, 10)).toHaveLength(1);
    expect(await later.actOnParked('discard', { filter: { subscriber: FILER }, operator })).toBe(1);
    expect((await later.status()).lanes).toEqual([]);
  });

  test('is refused while a process is seen to work it', async () => {
    await take('1');
    const running = oldProcess();
    await running.relayOnce();
    const member = await desk.pool.connect();
    await joinMembers(member, createMemberName());
    await expect(later.retire(FILER, operator)).rejects.toThrow(StillWorked);
    member.release(true);
    await take('2');
    await running.relayOnce();
    expect(await filed()).toEqual(['1', '2']);
  });

  test('is not retired by code that has its subscriber', async () => {
    await take('1');
    await oldProcess().relayOnce();
    await expect(old.retire(FILER, operator)).rejects.toThrow(StillHeard);
  });

  test('is retired once only, and cannot be paused', async () => {
    await take('1');
    await oldProcess().relayOnce();
    await retire();
    await expect(later.retire(FILER, operator)).rejects.toThrow(AlreadyRetired);
    await expect(later.pause(FILER, operator)).rejects.toThrow(AlreadyRetired);
  });
});
