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
});

describe('the announcement of what was appended', () => {
  let timers: (() => void)[];
  let notified: (readonly string[])[];
  let hasListeners: boolean;
  let announcer: Announcer;
  beforeEach(() => {
    timers = [];
    notified = [];
    hasListeners = true;
    const after = (_rest: number, callback: () => void) => {
      timers.push(callback);
      return () => undefined;
    };
    announcer = new Announcer({
      notify: async (types) => notified.push(types),
      hasListeners: () => hasListeners,
      concernsOthers: (type) => type !== 'desk.NoteKept',
      reportError: () => undefined,
      timing: { after } as unknown as Timing,
    });
  });
  const pass = () => timers.splice(0).forEach((ring) => ring());

  test('is made once for many commits, and never by them', () => {
    for (let commit = 0; commit < 100; commit += 1) announcer.announce(['desk.NoteTaken']);
    expect(notified).toEqual([]);
    pass();
    expect(notified).toHaveLength(1);
    announcer.announce(['desk.NoteTaken']);
    pass();
    expect(notified).toHaveLength(2);
  });

  test('names each type that was appended since the last one', () => {
    announcer.announce(['desk.NoteTaken', 'desk.NoteLost', 'desk.NoteTaken']);
    pass();
    announcer.announce(['desk.NoteTaken']);
    pass();
    expect(notified).toEqual([['desk.NoteTaken', 'desk.NoteLost'], ['desk.NoteTaken']]);
  });

  test('names no type that concerns nobody else', () => {
    announcer.announce(['desk.NoteKept']);
    pass();
    announcer.announce(['desk.NoteKept', 'desk.NoteTaken']);
    pass();
    expect(notified).toEqual([['desk.NoteTaken']]);
  });

  test('is not made while there is nobody else', () => {
    hasListeners = false;
    announcer.announce(['desk.NoteTaken']);
    pass();
    expect(notified).toEqual([]);
  });
});
