import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BEGINNING } from '#events/messaging/log/log';
import type { Observer } from '#events/messaging/watching/observer';
import { defineSubscriber, type StartAt, type Subscriber } from '#events/messaging/lanes/subscriber';
import { realTiming, type Timing } from '#events/messaging/timing';
import { type DeskScope, NoteFiled, NoteTaken } from './desk/note.ts';
import { eventually, until } from '../../support/eventually.ts';
import { asUser, notesOf, type OpenPostOffice, type PostOffice, takeNotes } from './post-office.ts';

const quick = { retry: { first: 1, longest: 1 }, outage: { first: 1, longest: 1 } };

/** Rests are a hundred times shorter. */
const HASTY: Timing = { ...realTiming, after: (rest, callback) => realTiming.after(rest / 100, callback) };

const filer = (handle: (scope: DeskScope, text: string) => Promise<unknown>): Subscriber<DeskScope> =>
  defineSubscriber<DeskScope>()({
    name: 'desk.fileOnNoteTaken',
    on: NoteTaken,
    handle: (scope, { data }) => handle(scope, data.text),
  });

export const describeDelivery = (adapter: string, open: OpenPostOffice) =>
  describe(`delivery ${adapter}`, () => {
    let office: PostOffice;
    beforeEach(async () => void (office = await open()));
    afterEach(() => office[Symbol.asyncDispose]());

    test('brings every event to its subscriber, in the order of the log', async () => {
      await takeNotes(office, ['a', '1'], ['b', '2'], ['a', '3']);
      await takeNotes(office, ['a', '4']);
      await office.relay([filer(({ notes }, text) => notes.add(text))]).relayOnce();
      expect(await notesOf(office)).toEqual(['1', '2', '3', '4']);
    });

    test('brings an event once, however often it is relayed, by however many relays', async () => {
      await takeNotes(office, ['a', '1'], ['a', '2']);
      const subscriber = filer(({ notes }, text) => notes.add(text));
      await office.relay([subscriber]).relayOnce();
      const [first, second] = [office.relay([subscriber]), office.relay([subscriber])];
      await Promise.all([first.relayOnce(), second.relayOnce()]);
      await takeNotes(office, ['a', '3']);
      await Promise.all([first.relayOnce(), second.relayOnce()]);
      expect(await notesOf(office)).toEqual(['1', '2', '3']);
    });

    test('leaves out what a subscriber did not ask for', async () => {
      await asUser(() => office.store.unitOfWork(async ({ publish }) => publish(NoteFiled({ text: 'not asked for' }))));
      await takeNotes(office, ['a', 'asked for']);
      await office.relay([filer(({ notes }, text) => notes.add(text))]).relayOnce();
      expect(await notesOf(office)).toEqual(['asked for']);
    });

    test('gives a subscriber its effects and its facts in one transaction', async () => {
      await takeNotes(office, ['a', '1']);
      const subscriber = filer(async ({ notes, publish }, text) => {
        await notes.add(text);
        publish(NoteFiled({ text }));
      });
      await office.relay([subscriber]).relayOnce();
      const [taken, filed] = await office.log();
      expect(filed).toMatchObject({
        type: 'desk.NoteFiled',
        causationId: taken!.id,
        correlationId: taken!.correlationId,
        source: 'desk.fileOnNoteTaken',
        actor: 'test',
      });
    });

    test('sets a failing event aside, holds its key back, and lets the others pass', async () => {
      await takeNotes(office, ['a', 'poison'], ['a', 'behind poison'], ['b', 'fine']);
      const subscriber = filer(async ({ notes }, text) => {
        if (text === 'poison') throw new Error('undigestible');
        await notes.add(text);
      });
      await office.relay([subscriber]).relayOnce();
      expect(await notesOf(office)).toEqual(['fine']);
    });

    test('brings a parked event, then those behind it, once its cause is mended', async () => {
      await takeNotes(office, ['a', 'poison'], ['a', 'behind'], ['b', 'fine'], ['a', 'last']);
      let isMended = false;
      const subscriber = filer(async ({ notes }, text) => {
        if (text === 'poison' && !isMended) throw new Error('undigestible');
        await notes.add(text);
      });
      const relay = office.relay([subscriber], { settings: quick, observer: { parked: () => void (isMended = true) } });
      await eventually(
        () => relay.relayOnce(),
        async () =>
          expect((await notesOf(office)).filter((text) => text !== 'fine')).toEqual(['poison', 'behind', 'last']),
      );
    });

    /** Events that wait as those do whose head is gone. */
    const parkAll = async (subscriber: Subscriber<DeskScope>) => {
      const [lane] = await office.store.lanes.enlist([subscriber], async () => BEGINNING);
      const events = await office.log();
      const { position, id } = events.at(-1)!;
      await office.store.lanes.inBatch(lane!, async (batch) => {
        for (const event of events) batch.park(event, { kind: 'behind' });
        batch.advanceTo({ position, eventId: id });
      });
    };

    test('begins with some events alone, each on record, also when a lane is taken over', async () => {
      let isMine = true;
      const batches = vi.spyOn(office.store.lanes, 'inBatch');
      const relay = office.relay([filer(({ notes }, text) => notes.add(text))], { isMine: () => isMine });
      const areOnRecord = async (count: number) => {
        batches.mockClear();
        await takeNotes(office, ...Array.from({ length: count }, (_, at) => ['a', String(at)] as const));
        await relay.relayOnce();
        return batches.mock.calls.map(([, , trial]) => trial !== undefined);
      };
      expect(await areOnRecord(10)).toEqual([...Array<boolean>(8).fill(true), false]);
      isMine = false;
      await relay.relayOnce();
      isMine = true;
      expect(await areOnRecord(2)).toEqual([true, true]);
    });

    test('brings parked events and new ones in turn: however many are parked, the others do not wait for all', async () => {
      await takeNotes(office, ['a', 'parked 1'], ['b', 'parked 2'], ['c', 'parked 3']);
      const subscriber = filer(({ notes }, text) => notes.add(text));
      await parkAll(subscriber);
      await takeNotes(office, ['d', 'new']);
      await office.relay([subscriber]).relayOnce();
      const notes = await notesOf(office);
      expect(notes).toHaveLength(4);
      expect(notes.indexOf('new')).toBeLessThan(notes.indexOf('parked 3'));
    });

    test('brings what waited behind one event in ever larger parts', async () => {
      const texts = Array.from({ length: 7 }, (_, at) => `a ${at}`);
      await takeNotes(office, ...texts.map((text) => ['a', text] as const));
      const subscriber = filer(({ notes }, text) => notes.add(text));
      await parkAll(subscriber);
      const tries = vi.spyOn(office.store.parked, 'inRetry');
      await office.relay([subscriber]).relayOnce();
      expect(await notesOf(office)).toEqual(texts);
      const parts = tries.mock.calls.map(([, { followers }]) => 1 + followers.length);
      expect(parts).toHaveLength(3);
      expect(parts[0]).toBe(1);
      expect(parts[1]).toBeGreaterThan(1);
    });

    test('finds the one that fails among those that are tried together', async () => {
      const texts = ['a 0', 'a 1', 'a 2', 'a 3', 'poison', 'a 5', 'a 6'];
      await takeNotes(office, ...texts.map((text) => ['a', text] as const));
      const subscriber = filer(({ notes }, text) =>
        text === 'poison' ? Promise.reject(new Error('undigestible')) : notes.add(text),
      );
      await parkAll(subscriber);
      const outcomes: string[] = [];
      const observer: Observer = { retried: ({ outcome }) => void outcomes.push(outcome) };
      await office.relay([subscriber], { observer }).relayOnce();
      expect(await notesOf(office)).toEqual(texts.slice(0, 4));
      expect(outcomes).toEqual(['done', 'done', 'done', 'done', 'failed']);
    });

    test('lets an event that hangs, or ends its process, rest longer than one that fails', async () => {
      await takeNotes(office, ['a', 'poison'], ['b', 'endless']);
      const hanging = Promise.withResolvers<void>();
      const subscriber = filer((_, text) =>
        text === 'poison' ? Promise.reject(new Error('undigestible')) : hanging.promise,
      );
      const taking = vi.spyOn(office.store.parked, 'takeDue');
      const failing = vi.spyOn(office.store.parked, 'recordFailure');
      const restOf = (error: string) =>
        failing.mock.calls.find(([, { attempt }, failure]) => attempt === 3 && failure.error.includes(error))?.[2]
          .restMs;
      const relay = office.relay([subscriber], {
        settings: { handlerTimeout: 20, retry: { first: 8, longest: 300_000 } },
      });
      await eventually(
        () => relay.relayOnce(),
        async () => expect([restOf('undigestible'), restOf('still running')]).not.toContain(undefined),
      );
      hanging.resolve();
      expect(restOf('undigestible')).toBeLessThanOrEqual(32);
      expect(restOf('still running')).toBeGreaterThanOrEqual(64);
      expect(taking.mock.calls[0]![1].pauseMs(3)).toBeGreaterThanOrEqual(64);
    });

    /** Delivers as a server does, until the expectation holds. */
    const deliverUntil = async (
      subscriber: Subscriber<DeskScope>,
      options: Parameters<PostOffice['relay']>[1],
      expectation: () => Promise<unknown>,
    ) => {
      const stop = new AbortController();
      const running = office.relay([subscriber], options).run(stop.signal);
      try {
        await until(expectation);
      } finally {
        stop.abort();
        await running;
      }
    };

    const failed = (message: string, signs: object = {}) => Promise.reject(Object.assign(new Error(message), signs));
    test.each<[what: string, fail: () => Promise<unknown>]>([
      ['a file is not there', () => readFile('/nowhere/at/all')],
      ['a service is not there', () => once(connect(1, '127.0.0.1'), 'connect')],
      ['a service does not answer', () => failed('connect ETIMEDOUT', { code: 'ETIMEDOUT', syscall: 'connect' })],
      ['a service has lost its connection', () => failed('Connection terminated unexpectedly')],
      ['a service shuts down its database', () => failed('shutting down', { code: '57P01' })],
      ['a service gives up waiting', () => failed('read timeout')],
      ['its statement is cancelled', () => failed('canceling statement', { code: '57014' })],
      ['its statement wants more than it may have', () => failed('temporary file size', { code: '53400' })],
    ])('sets an event aside when %s: the database answers, so that is no outage of its', async (_what, fail) => {
      await takeNotes(office, ['a', 'poison'], ['b', 'fine']);
      const faults: string[] = [];
      const parked: string[] = [];
      const observer: Observer = {
        failed: ({ fault }) => void faults.push(fault),
        parked: ({ event }) => void parked.push(event.key!),
      };
      const subscriber = filer(({ notes }, text) => (text === 'poison' ? fail() : notes.add(text)));
      await deliverUntil(subscriber, { settings: quick, observer }, async () =>
        expect(await notesOf(office)).toEqual(['fine']),
      );
      expect(parked).toEqual(['a']);
      expect(faults).toEqual(['event']);
    });

    test('takes a lost race for nobody’s fault: it is run again', async () => {
      await takeNotes(office, ['a', '1']);
      const parked: string[] = [];
      let left = 3;
      const subscriber = filer(async ({ notes }, text) => {
        left -= 1;
        if (left >= 0) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
        await notes.add(text);
      });
      const observer: Observer = { parked: ({ event }) => void parked.push(event.id) };
      await office.relay([subscriber], { settings: quick, observer }).relayOnce();
      expect(parked).toEqual([]);
      expect(await notesOf(office)).toEqual(['1']);
    });

    const losing = filer(({ notes }, text) =>
      text === 'loser' ? failed('somebody else was first', { name: 'OptimisticLockError' }) : notes.add(text),
    );

    test('sets an event aside that loses its race 20 times in a row', async () => {
      await takeNotes(office, ['a', 'loser'], ['b', 'fine']);
      const failures: number[] = [];
      const parked: string[] = [];
      const observer: Observer = {
        failed: ({ inARow }) => void failures.push(inARow),
        parked: ({ error }) => void parked.push(error),
      };
      await deliverUntil(losing, { observer, timing: HASTY }, async () =>
        expect(await notesOf(office)).toEqual(['fine']),
      );
      expect(parked).toEqual([expect.stringContaining('20 times in a row: OptimisticLockError')]);
      expect(failures).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
    });

    test('spends attempts on a parked event that goes on losing its race', async () => {
      await takeNotes(office, ['a', 'loser']);
      await parkAll(losing);
      const outcomes: string[] = [];
      const observer: Observer = { retried: ({ outcome }) => void outcomes.push(outcome) };
      const settings = { ...quick, attempts: 3 };
      await deliverUntil(losing, { observer, settings }, async () => expect(outcomes).toContain('dead'));
      expect(outcomes).toEqual(['failed', 'failed', 'dead']);
    });

    test('gives up an event whose handler hangs, and lets the others pass', async () => {
      await takeNotes(office, ['a', 'endless'], ['b', 'fine']);
      const parked: string[] = [];
      const end = Promise.withResolvers<void>();
      using atLast = { [Symbol.dispose]: () => end.resolve() };
      const subscriber = filer(({ notes }, text) => (text === 'endless' ? end.promise : notes.add(text)));
      const observer: Observer = { parked: ({ error }) => void parked.push(error) };
      const relaying = office.relay([subscriber], { settings: { handlerTimeout: 20 }, observer }).relayOnce();
      await until(async () => expect(parked).toHaveLength(1));
      await relaying;
      expect(parked[0]).toContain('was still running after 20 ms');
      expect(await notesOf(office)).toEqual(['fine']);
      atLast[Symbol.dispose]();
    });

    test('leaves a parked event to an operator after its attempts', async () => {
      await takeNotes(office, ['a', 'poison'], ['a', 'behind']);
      const subscriber = filer(() => Promise.reject(new Error('undigestible')));
      const outcomes: string[] = [];
      const observer: Observer = { retried: ({ outcome }) => void outcomes.push(outcome) };
      const relay = office.relay([subscriber], { settings: { ...quick, attempts: 3 }, observer });
      await eventually(
        () => relay.relayOnce(),
        async () => expect(outcomes).toContain('dead'),
      );
      await relay.relayOnce();
      expect(outcomes).toEqual(['failed', 'dead']);
    });

    test('stops by itself when half of all events fail, and says so', async () => {
      await takeNotes(office, ...Array.from({ length: 60 }, (_, at) => [`topic ${at}`, String(at)] as const));
      const reasons: string[] = [];
      const observer: Observer = { paused: ({ reason }) => void reasons.push(reason) };
      const stop = new AbortController();
      const settings = { retry: { first: 3_600_000, longest: 3_600_000 } };
      const broken = filer(() => Promise.reject(new Error('a bug')));
      const running = office.relay([broken], { settings, observer }).run(stop.signal);
      try {
        await until(async () => expect(reasons).toHaveLength(1));
      } finally {
        stop.abort();
        await running;
      }
      expect(reasons[0]).toContain('half of the last 100 events failed');
    });

    test('does not stop again at the first failure after it was resumed', async () => {
      await takeNotes(office, ...Array.from({ length: 60 }, (_, at) => [`topic ${at}`, String(at)] as const));
      let isBroken = true;
      const mended = filer(({ notes }, text) =>
        isBroken || text === 'poison' ? Promise.reject(new Error('a bug')) : notes.add(text),
      );
      const reasons: string[] = [];
      const observer: Observer = { paused: ({ reason }) => void reasons.push(reason) };
      const settings = { retry: { first: 3_600_000, longest: 3_600_000 } };
      const relay = office.relay([mended], { settings, observer });
      const stop = new AbortController();
      const running = relay.run(stop.signal);
      try {
        await until(async () => expect(reasons).toHaveLength(1));
        isBroken = false;
        await takeNotes(office, ['late', 'poison'], ['later', 'fine']);
        await office.store.lanes.resume(relay.lanes[0]!.lane);
        relay.reconsider();
        await until(async () => expect(await notesOf(office)).toContain('fine'));
      } finally {
        stop.abort();
        await running;
      }
      expect(reasons).toHaveLength(1);
    });

    test('is handled once, whatever an observer throws', async () => {
      await takeNotes(office, ['a', 'fine'], ['b', 'poison'], ['c', 'good']);
      const disturbances: unknown[] = [];
      const broken = () => {
        throw new Error('a bug of the observer');
      };
      const observer: Observer = {
        handled: broken,
        failed: broken,
        parked: broken,
        retried: broken,
        disturbed: ({ error }) => void disturbances.push(error),
      };
      const handled: string[] = [];
      const subscriber = filer(async ({ notes }, text) => {
        handled.push(text);
        if (text === 'poison') throw new Error('undigestible');
        await notes.add(text);
      });
      const relay = office.relay([subscriber], { settings: { ...quick, largestBatch: 1 }, observer });
      await expect(relay.relayOnce()).resolves.toBeUndefined();
      expect(handled.filter((text) => text !== 'poison')).toEqual(['fine', 'good']);
      expect(await notesOf(office)).toEqual(['fine', 'good']);
      expect(disturbances).not.toEqual([]);
    });

    const refusing = filer(({ notes }, text) =>
      text.startsWith('poison') ? Promise.reject(new Error('undigestible')) : notes.add(text),
    );
    const notesOfTopics = (count: number, text: string) =>
      Array.from({ length: count }, (_, at) => [`${text} ${at}`, `${text} ${at}`] as const);

    test('stops by itself when more keys are parked than may be, however many other events succeed', async () => {
      await takeNotes(office, ...notesOfTopics(40, 'fine'), ...notesOfTopics(4, 'poison'), ...notesOfTopics(3, 'late'));
      const reasons: string[] = [];
      const observer: Observer = { paused: ({ reason }) => void reasons.push(reason) };
      const settings = { retry: { first: 3_600_000, longest: 3_600_000 }, mostParkedKeys: 3 };
      await deliverUntil(refusing, { settings, observer }, async () => expect(reasons).toHaveLength(1));
      expect(reasons[0]).toContain('more than 3 keys are parked');
      expect(await notesOf(office)).toHaveLength(40);
    });

    test('stops by itself when more keys are parked than may be, also where they fail when they are tried again', async () => {
      await takeNotes(office, ...notesOfTopics(4, 'poison'));
      await parkAll(refusing);
      const reasons: string[] = [];
      const observer: Observer = { paused: ({ reason }) => void reasons.push(reason) };
      const settings = { retry: { first: 3_600_000, longest: 3_600_000 }, mostParkedKeys: 3 };
      await deliverUntil(refusing, { settings, observer }, async () => expect(reasons).toHaveLength(1));
      expect(reasons[0]).toContain('more than 3 keys are parked');
    });

    test('undoes a failed batch whole, and finds the one that fails', async () => {
      const texts = Array.from({ length: 40 }, (_, at) => String(at));
      await takeNotes(office, ...texts.map((text) => [`topic ${text}`, text] as const));
      const subscriber = filer(async ({ notes }, text) => {
        await notes.add(text);
        if (text === '27') throw new Error('undigestible');
      });
      await office.relay([subscriber]).relayOnce();
      expect(await notesOf(office)).toEqual(texts.filter((text) => text !== '27'));
    });

    test('of one subscriber is not hurt by the failure of another', async () => {
      await takeNotes(office, ['a', '1'], ['a', '2']);
      const broken = defineSubscriber<DeskScope>()({
        name: 'desk.neverWorks',
        on: NoteTaken,
        handle: () => Promise.reject(new Error('never')),
      });
      await office.relay([broken, filer(({ notes }, text) => notes.add(text))]).relayOnce();
      expect(await notesOf(office)).toEqual(['1', '2']);
    });

    const startingAt = (startAt: StartAt): Subscriber<DeskScope> => {
      const start = typeof startAt === 'string' ? startAt : String(startAt.position);
      const subscriber = filer(({ notes }, text) => notes.add(`${start}: ${text}`));
      return { ...subscriber, name: `desk.from.${start}`, startAt };
    };

    test('gives a new subscriber the whole history, or what comes from now on', async () => {
      await takeNotes(office, ['a', 'old']);
      const relay = office.relay([startingAt('now'), startingAt('beginning')]);
      await relay.relayOnce();
      await takeNotes(office, ['a', 'new']);
      await relay.relayOnce();
      expect((await notesOf(office)).toSorted()).toEqual(['beginning: new', 'beginning: old', 'now: new']);
    });

    test('gives a new subscriber what stands at a position, and what comes after it', async () => {
      await takeNotes(office, ['a', 'first'], ['a', 'second'], ['a', 'third']);
      const [, second] = await office.log();
      await office.relay([startingAt({ position: second!.position })]).relayOnce();
      expect(await notesOf(office)).toEqual([`${second!.position}: second`, `${second!.position}: third`]);
    });

    test('begins at the end of a log that does not reach to where a subscriber begins', async () => {
      await takeNotes(office, ['a', 'old']);
      const relay = office.relay([startingAt({ position: 1_000 })]);
      await relay.relayOnce();
      await takeNotes(office, ['a', 'new']);
      await relay.relayOnce();
      expect(await notesOf(office)).toEqual(['1000: new']);
    });

    test('goes on under an alias after a subscriber was renamed, and back', async () => {
      const old = filer(({ notes }, text) => notes.add(text));
      const renamed = { ...old, name: 'desk.fileNotes', aliases: [old.name] };
      await takeNotes(office, ['a', '1']);
      await office.relay([old]).relayOnce();
      await takeNotes(office, ['a', '2']);
      await office.relay([renamed]).relayOnce();
      await takeNotes(office, ['a', '3']);
      await office.relay([old]).relayOnce();
      expect(await notesOf(office)).toEqual(['1', '2', '3']);
    });

    test('goes on after two renamings, each of which knows only the name before', async () => {
      const first = filer(({ notes }, text) => notes.add(text));
      const second = { ...first, name: 'desk.fileNotes', aliases: [first.name] };
      const third = { ...first, name: 'desk.archive', aliases: [second.name] };
      for (const [at, subscriber] of [first, second, third].entries()) {
        await takeNotes(office, ['a', String(at)]);
        await office.relay([subscriber]).relayOnce();
      }
      expect(await notesOf(office)).toEqual(['0', '1', '2']);
    });
  });
