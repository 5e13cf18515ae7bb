import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { Announcer } from '#events/messaging/log/announcer';
import type { Timing } from '#events/messaging/timing';
import { Turn } from '#events/messaging/lanes/turn';

const lane = { id: '1', subscriber: 'desk.lane' };

describe('a turn', () => {
  let now: number;
  let isMine: boolean;
  let turn: Turn;
  beforeEach(() => {
    now = 0;
    isMine = false;
    const timing = { now: () => now } as Timing;
    turn = new Turn(() => lane, { isMine: () => isMine, timing, stepInAfter: 1_500 });
  });

  test('is left to the process whose lane it is', () => {
    expect(turn.mayWork()).toBe(false);
    isMine = true;
    expect(turn.mayWork()).toBe(true);
  });

  test('is told of once when it comes', () => {
    expect(turn.hasCome()).toBe(false);
    isMine = true;
    expect([turn.hasCome(), turn.hasCome()]).toEqual([true, false]);
  });

  test('is taken from a process that has left its lane with work to do', () => {
    expect(turn.mayWork()).toBe(false);
    now = 1_499;
    expect(turn.mayWork()).toBe(false);
    now = 1_500;
    expect(turn.mayWork()).toBe(true);
    turn.standBack();
    expect(turn.mayWork()).toBe(false);
  });

  test('is not taken from a process for having been waited for before it was ours in between', () => {
    expect(turn.mayWork()).toBe(false);
    now = 1_500;
    isMine = true;
    expect(turn.mayWork()).toBe(true);
    isMine = false;
    expect(turn.mayWork()).toBe(false);
    now = 3_000;
    expect(turn.mayWork()).toBe(true);
  });
});

describe('the announcement of what was appended', () => {
  let now: number;
  let timers: { rest: number; ring: () => void }[];
  let notified: (readonly string[])[];
  let notify: () => Promise<unknown>;
  let reported: number;
  let hasListeners: boolean;
  let announcer: Announcer;
  beforeEach(() => {
    now = 0;
    timers = [];
    notified = [];
    reported = 0;
    notify = async () => undefined;
    hasListeners = true;
    const after = (rest: number, ring: () => void) => {
      timers.push({ rest, ring });
      return () => undefined;
    };
    announcer = new Announcer({
      notify: (types) => {
        notified.push(types);
        return notify();
      },
      hasListeners: () => hasListeners,
      concernsOthers: (type) => type !== 'desk.NoteKept',
      reportError: () => void (reported += 1),
      timing: { after, now: () => now } as unknown as Timing,
    });
  });
  const pass = async () => {
    await setImmediate();
    timers.splice(0).forEach(({ ring }) => ring());
  };

  test('is made at once, and once for many commits that come shortly after', async () => {
    announcer.announce(['desk.NoteTaken']);
    expect(notified).toHaveLength(1);
    for (let commit = 0; commit < 100; commit += 1) announcer.announce(['desk.NoteTaken']);
    expect(notified).toHaveLength(1);
    await pass();
    expect(notified).toHaveLength(2);
    await pass();
    await pass();
    expect(notified).toHaveLength(2);
  });

  test.each([
    { took: 0.5, rest: 2 },
    { took: 4, rest: 8 },
    { took: 400, rest: 10 },
  ])('is not made while another is under way, nor for $rest ms after one that took $took', async ({ took, rest }) => {
    const underWay = Promise.withResolvers<void>();
    notify = () => underWay.promise;
    announcer.announce(['desk.NoteTaken']);
    announcer.announce(['desk.NoteLost']);
    await setImmediate();
    expect({ timers, notified }).toEqual({ timers: [], notified: [['desk.NoteTaken']] });
    now += took;
    underWay.resolve();
    await setImmediate();
    expect(timers.map((timer) => timer.rest)).toEqual([rest]);
    expect(notified).toEqual([['desk.NoteTaken']]);
    await pass();
    expect(notified).toEqual([['desk.NoteTaken'], ['desk.NoteLost']]);
  });

  test('is left to who is about to commit, where none is under way or rests', async () => {
    const sent = Promise.withResolvers<void>();
    const notice = announcer.openNotice(['desk.NoteTaken', 'desk.NoteKept', 'desk.NoteTaken']);
    notice!.heed(sent.promise);
    expect(notice!.types).toEqual(['desk.NoteTaken']);
    expect(announcer.openNotice(['desk.NoteLost'])).toBeUndefined();
    announcer.announce(['desk.NoteLost']);
    expect({ notified, timers }).toEqual({ notified: [], timers: [] });
    sent.reject(new Error('the connection is lost'));
    await pass();
    expect({ notified, reported }).toEqual({ notified: [['desk.NoteLost']], reported: 1 });
    await pass();
    expect(announcer.openNotice(['desk.NoteKept'])).toBeUndefined();
    expect(announcer.openNotice(['desk.NoteLost'])!.types).toEqual(['desk.NoteLost']);
  });

  test('is not made any more after the end, also where another was under way', async () => {
    announcer.announce(['desk.NoteTaken']);
    announcer.announce(['desk.NoteLost']);
    announcer.close();
    await pass();
    expect(notified).toEqual([['desk.NoteTaken']]);
  });

  test('is made again after one that failed', async () => {
    notify = () => Promise.reject(new Error('the connection is lost'));
    announcer.announce(['desk.NoteTaken']);
    await pass();
    announcer.announce(['desk.NoteLost']);
    expect({ notified, reported }).toEqual({ notified: [['desk.NoteTaken'], ['desk.NoteLost']], reported: 1 });
  });

  test('names each type that was appended since the last one', async () => {
    announcer.announce(['desk.NoteTaken', 'desk.NoteLost', 'desk.NoteTaken']);
    announcer.announce(['desk.NoteTaken']);
    await pass();
    expect(notified).toEqual([['desk.NoteTaken', 'desk.NoteLost'], ['desk.NoteTaken']]);
  });

  test('names no type that concerns nobody else', () => {
    announcer.announce(['desk.NoteKept']);
    announcer.announce(['desk.NoteKept', 'desk.NoteTaken']);
    expect(notified).toEqual([['desk.NoteTaken']]);
  });

  test('is not made while there is nobody else', async () => {
    hasListeners = false;
    announcer.announce(['desk.NoteTaken']);
    await pass();
    expect(announcer.openNotice(['desk.NoteTaken'])).toBeUndefined();
    expect(notified).toEqual([]);
  });
});
