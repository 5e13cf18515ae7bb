import { setImmediate, setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createBus } from '#events/messaging/adapters/eventemitter2-bus';
import { InMemoryLog, MEMORY } from '#events/messaging/adapters/in-memory/log';
import { InMemoryStore } from '#events/messaging/adapters/in-memory/store';
import type { Bus } from '#events/messaging/log/bus';
import { isThere, LogMoved, moved } from '#events/messaging/log/log';
import { Relay } from '#events/messaging/relay/relay';
import { createStation } from '#events/messaging/relay/station';
import { defineSubscriber } from '#events/messaging/lanes/subscriber';
import { realTiming, type Timing } from '#events/messaging/timing';
import { systemClock } from '#shared-kernel/clock';
import { until } from '../../support/eventually.ts';
import { deskInMemory } from './desk/in-memory.ts';
import { type DeskScope, NoteFiled, NoteTaken } from './desk/note.ts';
import { asUser, deskCodec } from './post-office.ts';
import { ScriptedLog } from './scripted-log.ts';

/** Rests are fifty times shorter. */
const HASTY: Timing = { ...realTiming, after: (rest, callback) => realTiming.after(rest / 50, callback) };

describe('a relay', () => {
  let log: ScriptedLog;
  let heard: string[];
  let disturbances: unknown[];
  let moves: unknown[];
  let pauses: string[];
  let stop: AbortController;
  let relay: Relay;
  let running: Promise<void>;
  let timing: Timing;
  let bus: Bus;
  let isMine: boolean;
  /** What the handler waits for. */
  let gate: Promise<void> | undefined;
  beforeEach(() => {
    gate = undefined;
    timing = { ...HASTY };
    isMine = true;
    bus = createBus(deskCodec.types, () => undefined);
    log = new ScriptedLog();
    heard = [];
    disturbances = [];
    moves = [];
    pauses = [];
    stop = new AbortController();
    const listener = defineSubscriber<DeskScope>()({
      name: 'desk.listen',
      on: NoteTaken,
      handle: async (_scope, { data }) => {
        heard.push(data.text);
        await gate;
      },
    });
    relay = new Relay({
      source: log,
      readBehind: async (_types, after, through) => {
        if (!(await isThere(log, after))) throw moved(after);
        return { after, to: through, events: [], server: MEMORY };
      },
      bus,
      codec: deskCodec,
      stations: [createStation(new InMemoryStore(deskInMemory, new InMemoryLog(), systemClock), [listener])],
      timing,
      isMine: () => isMine,
      observer: {
        disturbed: ({ error }) => void disturbances.push(error),
        logMoved: ({ error }) => void moves.push(error),
        paused: ({ reason }) => void pauses.push(reason),
      },
    });
    running = relay.run(stop.signal);
    running.catch(() => undefined);
  });
  afterEach(async () => {
    stop.abort();
    await running.catch(() => undefined);
  });

  const untilHeard = (...texts: readonly string[]) => until(async () => expect(heard).toEqual(texts));
  const failing = (error: Error) => () => {
    throw error;
  };

  test('goes on after a read that failed', async () => {
    log.append();
    await untilHeard('1');
    const lost = new Error('the connection is lost');
    log.beforeRead = failing(lost);
    log.append();
    await untilHeard('1', '2');
    expect(disturbances).toEqual([lost]);
  });

  test('stops a lane, and says so, when what it handled is not in the log any more', async () => {
    log.append();
    log.append();
    await untilHeard('1', '2');
    log.goBackTo(1);
    log.append();
    log.append();
    await until(async () => expect(pauses).toEqual([expect.stringMatching(/position 2 .* is no longer event/)]));
    expect(moves).toEqual([expect.any(LogMoved)]);
    expect(heard).toEqual(['1', '2']);
  });

  test('tells whoever listens live what comes after the log has moved', async () => {
    const seen: number[] = [];
    bus.on([NoteTaken.type], ({ position }) => void seen.push(position));
    log.append();
    log.append();
    await untilHeard('1', '2');
    log.goBackTo(1);
    log.append();
    await until(async () => expect(pauses).toHaveLength(1));
    log.append();
    await until(async () => expect(seen).toEqual([1, 2, 3]));
  });

  test('reads once for each wake-up when there is no more than it has read', async () => {
    timing.after = () => () => undefined;
    relay.wake();
    await until(async () => expect(log.reads).toBeGreaterThan(1));
    const reads = log.reads;
    log.append();
    relay.wake();
    await untilHeard('1');
    log.append();
    relay.wake();
    await untilHeard('1', '2');
    expect(log.reads).toBe(reads + 2);
  });

  /** A fact that the lane has in hand until it may let go, and another one behind it; how often the log was read in between. */
  async function appendBehindOneInHand(): Promise<{ readonly reads: number; readonly letGo: () => void }> {
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    log.append();
    relay.wake();
    await untilHeard('1');
    const { reads } = log;
    log.append();
    relay.wake();
    return { reads, letGo: resolve };
  }

  test('reads on once the lanes that keep up have handled what was read', async () => {
    timing.after = () => () => undefined;
    await until(async () => {
      relay.wake();
      expect(log.reads).toBeGreaterThan(1);
    });
    const { reads, letGo } = await appendBehindOneInHand();
    for (let turn = 0; turn < 10; turn += 1) await setImmediate();
    expect(log.reads).toBe(reads);
    letGo();
    await untilHeard('1', '2');
  });

  test('reads on after a moment, however long a lane takes', async () => {
    const { reads, letGo } = await appendBehindOneInHand();
    await until(async () => expect(log.reads).toBeGreaterThan(reads));
    expect(heard).toEqual(['1']);
    letGo();
  });

  test('never rests for less than no time, however fast that passes', async () => {
    const rests: number[] = [];
    timing.after = (rest, callback) => {
      rests.push(rest);
      return HASTY.after(rest, callback);
    };
    let moments = 0;
    timing.now = () => (moments += 3);
    const { reads, letGo } = await appendBehindOneInHand();
    await until(async () => expect(log.reads).toBeGreaterThan(reads));
    letGo();
    await untilHeard('1', '2');
    expect(rests.filter((rest) => rest < 0)).toEqual([]);
  });

  test('takes every type to concern others before it knows the lanes', () => {
    expect(relay.concernsOthers(NoteFiled.type)).toBe(true);
  });

  describe('that is told which types were appended', () => {
    beforeEach(() => {
      timing.after = () => () => undefined;
    });
    const readsAfter = async (act: () => void) => {
      await until(async () => expect(log.reads).toBeGreaterThan(0));
      await setImmediate();
      const reads = log.reads;
      act();
      await setImmediate();
      return log.reads - reads;
    };

    test('looks at once where a lane of its own wants one of them', async () => {
      expect(await readsAfter(() => relay.wake([NoteFiled.type, NoteTaken.type]))).toBe(1);
    });

    test('looks at once where somebody listens to one of them', async () => {
      bus.on([NoteFiled.type], () => undefined);
      expect(await readsAfter(() => relay.wake([NoteFiled.type]))).toBe(1);
    });

    test('lets be what nobody here wants', async () => {
      expect(await readsAfter(() => relay.wake([NoteFiled.type]))).toBe(0);
    });

    test('lets be what is for a lane of another process', async () => {
      isMine = false;
      expect(await readsAfter(() => relay.wake([NoteTaken.type]))).toBe(0);
    });

    test('knows which concern others: what a lane wants that another process works', async () => {
      await readsAfter(() => undefined);
      expect([NoteTaken, NoteFiled].map(({ type }) => relay.concernsOthers(type))).toEqual([false, false]);
      isMine = false;
      expect([NoteTaken, NoteFiled].map(({ type }) => relay.concernsOthers(type))).toEqual([true, false]);
    });

    test('looks all the same when positions are drawn beyond what it knows to be settled', async () => {
      expect(await readsAfter(() => relay.lookAsFarAs(0))).toBe(0);
      expect(await readsAfter(() => relay.lookAsFarAs(1))).toBe(1);
    });
  });

  test('takes nothing for proven by a connection that is lost', async () => {
    log.append();
    await untilHeard('1');
    log.draw('failed');
    log.append();
    await until(async () => expect(log.sightings).toBeGreaterThan(0));
    log.appenders.delete('failed');
    log.afterSighting = () => {
      log.beforeRead = () => {
        log.goBackTo(1);
        log.draw('slow');
        log.append();
        throw new Error('the connection is lost');
      };
    };
    await until(async () => expect(disturbances).toHaveLength(1));
    const sightings = log.sightings + 3;
    await until(async () => expect(log.sightings).toBeGreaterThan(sightings));
    expect(heard).toEqual(['1']);
    log.commit('slow');
    await untilHeard('1', '2', '3');
  });
});

test('a relay that waits for the end of the log, where a new subscriber is to begin, ends when it is told to', async () => {
  const log = new ScriptedLog();
  log.draw('prepared, and never ended');
  const store = new InMemoryStore(deskInMemory, new InMemoryLog(), systemClock);
  const newcomer = defineSubscriber<DeskScope>()({
    name: 'desk.listenFromNowOn',
    startAt: 'now',
    on: NoteTaken,
    handle: async () => undefined,
  });
  const disturbances: unknown[] = [];
  const relay = new Relay({
    source: log,
    readBehind: async () => expect.unreachable(),
    bus: createBus(deskCodec.types, () => undefined),
    codec: deskCodec,
    stations: [createStation(store, [newcomer])],
    observer: { disturbed: ({ error }) => void disturbances.push(error) },
  });
  const stop = new AbortController();
  const running = relay.run(stop.signal);
  await until(async () => expect(log.sightings).toBeGreaterThan(1));
  stop.abort();
  expect(await Promise.race([running.then(() => 'ended'), setTimeout(1_000, 'still running')])).toBe('ended');
  expect(await store.lanes.positions()).toEqual(new Map());
  expect(disturbances).toEqual([]);
});

test('a lane that is behind reads history once, though it takes it in small parts', async () => {
  const log = new InMemoryLog();
  const store = new InMemoryStore(deskInMemory, log, systemClock);
  const texts = Array.from({ length: 20 }, (_, at) => String(at));
  await asUser(() =>
    store.unitOfWork(async ({ publish }) => {
      for (const text of texts) publish(NoteTaken({ topic: 'a', text }));
    }),
  );
  const handled: string[] = [];
  const subscribe = defineSubscriber<DeskScope>();
  const ahead = subscribe({ name: 'desk.ahead', on: NoteTaken, handle: async () => undefined });
  const behind = subscribe({
    name: 'desk.behind',
    on: NoteTaken,
    singly: true,
    handle: async (_scope, { data }) => handled.push(data.text),
  });
  const readBehind = vi.fn<InMemoryLog['readBehind']>((types, after, through) => log.readBehind(types, after, through));
  const bus = createBus(deskCodec.types, () => undefined);
  const relay = (...subscribers: (typeof ahead)[]) =>
    new Relay({ source: log, readBehind, bus, codec: deskCodec, stations: [createStation(store, subscribers)] });
  await relay(ahead).relayOnce();
  await relay(ahead, behind).relayOnce();
  expect(handled).toEqual(texts);
  expect(readBehind).toHaveBeenCalledTimes(1);
});
