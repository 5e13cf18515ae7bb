import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defineExecutor, defineRequest, defineSubscriber, type Executor } from '#events/messaging';
import { TenantId } from '#shared-kernel/tenant';
import { type PerformerDependencies, RequestPerformer } from '#events/messaging/requests/request-performer';
import type { RequestStorage, RequestTaker } from '#events/messaging/requests/request-storage';
import { realTiming, type Timing } from '#events/messaging/timing';
import { type DeskScope, NoteFiled, NoteTaken } from './desk/note.ts';
import { until } from '../../support/eventually.ts';
import { asUser, notesOf, type OpenPostOffice, type PostOffice, takeNotes } from './post-office.ts';

const FileAway = defineRequest('desk.fileAway', z.object({ text: z.string() }));

const Shred = defineRequest('desk.shred', z.object({ text: z.string() }));

const AT_ONCE = { first: 0, longest: 0 };

/** Rests are a hundred times shorter. */
const HASTY: Timing = { ...realTiming, after: (rest, callback) => realTiming.after(rest / 100, callback) };

/** Storage that does something in another way. */
const changed = (
  change: Partial<RequestStorage<DeskScope>>,
  requests: RequestStorage<DeskScope>,
): RequestStorage<DeskScope> => ({
  lease: (...asked) => requests.lease(...asked),
  giveBack: (...given) => requests.giveBack(...given),
  inAnswer: (...answer) => requests.inAnswer(...answer),
  inFailure: (...failure) => requests.inFailure(...failure),
  postpone: (...postponed) => requests.postpone(...postponed),
  keep: (...kept) => requests.keep(...kept),
  setBack: (...setback) => requests.setBack(...setback),
  ...change,
});

const recordingBy = (inAnswer: RequestStorage<DeskScope>['inAnswer'], requests: RequestStorage<DeskScope>) =>
  changed({ inAnswer }, requests);

/** Storage whose database cannot be reached the first times that an answer is to be recorded. */
function awayFor(times: number, requests: RequestStorage<DeskScope>): RequestStorage<DeskScope> {
  let left = times;
  return recordingBy(async (...answer) => {
    left -= 1;
    if (left >= 0) throw Object.assign(new Error('the database system is shutting down'), { code: '57P03' });
    return requests.inAnswer(...answer);
  }, requests);
}

/** A process that ends when it has begun to record an answer. */
const endingAt = (begun: () => void, requests: RequestStorage<DeskScope>): RequestStorage<DeskScope> =>
  recordingBy(() => {
    begun();
    return new Promise(() => undefined);
  }, requests);

export const describeRequests = (adapter: string, open: OpenPostOffice) =>
  describe(`a request ${adapter}`, () => {
    let office: PostOffice;
    let errors: unknown[];
    beforeEach(async () => {
      office = await open();
      errors = [];
    });
    afterEach(() => office[Symbol.asyncDispose]());

    const executor = (call: (text: string, key: string) => Promise<unknown>, attempts = 3): Executor<DeskScope> =>
      defineExecutor<DeskScope>()({
        performs: FileAway,
        attempts,
        timeout: 200,
        call: ({ text }, { idempotencyKey }) => call(text, idempotencyKey),
        record: async ({ notes, publish }, { payload, answer }) => {
          await notes.add(`${payload.text}: ${String(answer)}`);
          publish(NoteFiled({ text: payload.text }));
        },
        giveUp: ({ notes }, { payload }) => notes.add(`${payload.text}: given up`),
      });

    const openPerformer = (of: Executor<DeskScope>, more: Partial<PerformerDependencies<DeskScope>> = {}) => {
      const performer = new RequestPerformer({
        requests: office.store.requests,
        executors: [of],
        reportError: (error) => errors.push(error),
        retry: AT_ONCE,
        recordingRetry: AT_ONCE,
        ...more,
      });
      office.store.offerRequestsTo(performer);
      return performer;
    };

    const ask = (id: string, text: string, key?: string) =>
      asUser(() =>
        office.store.unitOfWork(async ({ request }) =>
          request(FileAway({ id, payload: { text }, ...(key && { key }) })),
        ),
      );

    const performAllThatCan = async (performer: RequestPerformer<DeskScope>) => {
      do await performer.performDue();
      while ((await performer.settle()) || (await office.store.dueWork()).requestsIn !== null);
    };
    const performAll = async (performer: RequestPerformer<DeskScope>) => {
      await performAllThatCan(performer);
      expect(errors).toEqual([]);
    };

    test('is performed after its unit of work, and its answer kept with what it means', async () => {
      const performer = openPerformer(executor(async () => 'done'));
      await ask('1', 'letter');
      await performAll(performer);
      expect(await notesOf(office)).toEqual(['letter: done']);
      expect((await office.log()).map(({ type, source }) => [type, source])).toEqual([
        ['desk.NoteFiled', 'desk.fileAway'],
      ]);
    });

    test('is not performed again where the database was away when its answer came', async () => {
      let calls = 0;
      const performer = openPerformer(
        { ...executor(async () => (calls += 1)), timeout: 5_000 },
        { requests: awayFor(10, office.store.requests), timing: HASTY },
      );
      await ask('1', 'letter');
      await performAll(performer);
      expect(await notesOf(office)).toEqual(['letter: 1']);
      expect(calls).toBe(1);
    });

    test('is not recorded beyond its lease where the database stays away: its answer is kept', async () => {
      let now = 0;
      let calls = 0;
      const recordedAt: number[] = [];
      const { requests } = office.store;
      const inAnswer: typeof requests.inAnswer = async (...answer) => {
        recordedAt.push(now);
        now += 100;
        if (recordedAt.length <= 2) throw Object.assign(new Error('shutting down'), { code: '57P03' });
        return requests.inAnswer(...answer);
      };
      const performer = openPerformer(
        executor(async () => {
          now = performer.leaseMs - 150;
          return (calls += 1);
        }),
        { requests: changed({ inAnswer }, requests), timing: { ...HASTY, now: () => now } },
      );
      await ask('1', 'letter');
      await performAllThatCan(performer);
      expect(errors.map(String)).toEqual(['RecordingFailed: how desk.fileAway 1 ended could not be recorded']);
      expect(await notesOf(office)).toEqual(['letter: 1']);
      expect(calls).toBe(1);
    });

    describe('whose end cannot be recorded', () => {
      let calls: string[];
      let recordings: number;
      beforeEach(() => {
        calls = [];
        recordings = 0;
      });
      /** Cannot record what became of it the first times, or ever. */
      const clumsy = (times: number, answer: () => unknown): Executor<DeskScope> => {
        const stumble = () => {
          recordings += 1;
          if (recordings <= times) throw new Error('cannot be recorded');
        };
        const able = executor(async (text) => {
          calls.push(text);
          return answer();
        });
        return {
          ...able,
          record: async (...done) => {
            stumble();
            await able.record(...done);
          },
          giveUp: async (...failed) => {
            stumble();
            await able.giveUp(...failed);
          },
        };
      };
      const busy = () => {
        throw new Error('busy');
      };

      test('is not performed again: its answer is kept, and recorded when it can be', async () => {
        const performer = openPerformer(clumsy(5, () => ({ number: 7 })));
        await ask('1', 'letter');
        await performAllThatCan(performer);
        expect(calls).toEqual(['letter']);
        expect(await notesOf(office)).toEqual(['letter: [object Object]']);
        expect(errors.map(String)).toEqual(
          Array(5).fill('RecordingFailed: how desk.fileAway 1 ended could not be recorded'),
        );
      });

      test('is dead after twelve recordings, and left alone', async () => {
        const outcomes: string[] = [];
        const observer = { recorded: ({ outcome }: { outcome: string }) => void outcomes.push(outcome) };
        const performer = openPerformer(
          clumsy(Infinity, () => 'done'),
          { observer },
        );
        await ask('1', 'letter');
        await performAllThatCan(performer);
        expect(calls).toEqual(['letter']);
        expect(recordings).toBe(12);
        expect(outcomes).toEqual([...Array(11).fill('failed'), 'dead']);
        expect(await office.store.requests.lease(new Map([[FileAway.kind, 10]]), 0)).toEqual([]);
      });

      test('is dead as well where its call had failed for good, and is not performed any more', async () => {
        const performer = openPerformer(clumsy(Infinity, busy));
        await ask('1', 'letter');
        await performAllThatCan(performer);
        expect(calls).toHaveLength(3);
        expect(recordings).toBe(12);
      });

      test('is given up once where that can be recorded in the end', async () => {
        const performer = openPerformer(clumsy(5, busy));
        await ask('1', 'letter');
        await performAllThatCan(performer);
        expect(calls).toHaveLength(3);
        expect(await notesOf(office)).toEqual(['letter: given up']);
      });

      test('since that hangs is recorded later, and holds nobody', async () => {
        let isFirst = true;
        const end = Promise.withResolvers<void>();
        using atLast = { [Symbol.dispose]: () => end.resolve() };
        const able = executor(async (text) => calls.push(text));
        const record: typeof able.record = (...done) => {
          if (!isFirst) return able.record(...done);
          isFirst = false;
          return end.promise;
        };
        await ask('1', 'letter');
        const performing = performAllThatCan(openPerformer({ ...able, record }, { timing: HASTY }));
        await until(async () => expect(await notesOf(office)).toEqual(['letter: 1']));
        atLast[Symbol.dispose]();
        await performing;
        expect(calls).toEqual(['letter']);
      });

      test('holds back what is younger of its key, and nothing else', async () => {
        const performer = openPerformer(clumsy(12, () => 'done'));
        await ask('1', 'a1', 'a');
        await performAllThatCan(performer);
        await ask('2', 'a2', 'a');
        await ask('3', 'b', 'b');
        await performAllThatCan(performer);
        expect(await notesOf(office)).toEqual(['b: done']);
      });
    });

    describe('that was begun by a process which ended', () => {
      /** As after the lease of a process that is gone. */
      const leaseAgain = async () => {
        const [leased] = await office.store.requests.lease(new Map([[FileAway.kind, 1]]), 0);
        return leased!;
      };

      test('is not performed a third time where each ends recording the answer', async () => {
        let calls = 0;
        const begun = Promise.withResolvers<void>();
        const performs = executor(async () => (calls += 1));
        await recordUnleased();
        const doomed = openPerformer(performs, { requests: endingAt(begun.resolve, office.store.requests) });
        doomed.take([await leaseAgain()]);
        await begun.promise;
        const last = openPerformer(performs);
        last.take([await leaseAgain()]);
        await last.settle();
        expect(calls).toBe(1);
        expect(await notesOf(office)).toEqual(['letter: 1']);
      });

      test('is dead after the twelfth recording that nobody saw end', async () => {
        let calls = 0;
        await recordUnleased();
        const request = await leaseAgain();
        await office.store.requests.keep(request, { answer: 'done' });
        for (let recording = 2; recording <= 12; recording += 1) await leaseAgain();
        const performer = openPerformer(executor(async () => (calls += 1)));
        performer.take([await leaseAgain()]);
        await performer.settle();
        expect(calls).toBe(0);
        expect(await notesOf(office)).toEqual([]);
        expect((await office.store.dueWork()).requestsIn).toBeNull();
      });

      test('is given up after the last call that nobody saw end', async () => {
        let calls = 0;
        await recordUnleased();
        for (let call = 2; call <= 3; call += 1) await leaseAgain();
        const performer = openPerformer(executor(async () => (calls += 1)));
        performer.take([await leaseAgain()]);
        await performer.settle();
        expect(calls).toBe(0);
        expect(await notesOf(office)).toEqual(['letter: given up']);
      });
    });

    test('whose answer cannot be kept has failed', async () => {
      const performer = openPerformer(executor(async () => 1n));
      await ask('1', 'letter');
      await performAll(performer);
      expect(await notesOf(office)).toEqual(['letter: given up']);
    });

    test('has its answer recorded as it is kept', async () => {
      const performer = openPerformer(executor(async () => [new Date(0), undefined]));
      await ask('1', 'letter');
      await performAll(performer);
      expect(await notesOf(office)).toEqual(['letter: 1970-01-01T00:00:00.000Z,']);
    });

    test('is answered once, whatever an observer throws', async () => {
      const broken = () => {
        throw new Error('a bug of the observer');
      };
      let calls = 0;
      const performer = openPerformer(
        executor(async () => (calls += 1)),
        { observer: { called: broken, recorded: broken } },
      );
      await ask('1', 'letter');
      await performAll(performer);
      expect(calls).toBe(1);
      expect(await notesOf(office)).toEqual(['letter: 1']);
    });

    test('of a failed unit of work is never performed', async () => {
      const performer = openPerformer(executor(async () => 'done'));
      const failing = asUser(() =>
        office.store.unitOfWork(async ({ request }) => {
          request(FileAway({ id: '1', payload: { text: 'letter' } }));
          throw new Error('changed my mind');
        }),
      );
      await expect(failing).rejects.toThrow('changed my mind');
      await performAll(performer);
      expect(await notesOf(office)).toEqual([]);
    });

    test('that was made before is not made again: the answer is there', async () => {
      let calls = 0;
      const performer = openPerformer(executor(async () => (calls += 1)));
      await ask('1', 'letter');
      await performAll(performer);
      await ask('1', 'letter');
      await performAll(performer);
      expect(calls).toBe(1);
      expect(await notesOf(office)).toEqual(['letter: 1']);
    });

    test('is repeated under the same idempotency key until it succeeds', async () => {
      const keys: string[] = [];
      const performer = openPerformer(
        executor(async (_text, key) => {
          keys.push(key);
          if (keys.length < 3) throw new Error('busy');
          return 'done';
        }),
      );
      await ask('1', 'letter');
      await performAll(performer);
      expect(keys).toEqual(Array(3).fill('default:desk.fileAway:1'));
      expect(await notesOf(office)).toEqual(['letter: done']);
    });

    test('of one tenant has another key than that of another tenant under the same id', async () => {
      const keys: string[] = [];
      const performer = openPerformer(executor(async (_text, key) => keys.push(key)));
      for (const tenantId of ['one', 'two'].map((name) => TenantId.parse(name)))
        await asUser(
          () =>
            office.store.unitOfWork(async ({ request }) => request(FileAway({ id: '1', payload: { text: 'letter' } }))),
          { tenantId },
        );
      await performAll(performer);
      expect(keys.toSorted()).toEqual(['one:desk.fileAway:1', 'two:desk.fileAway:1']);
    });

    test('that never succeeds is given up after its attempts', async () => {
      const performer = openPerformer(
        executor(async () => {
          throw new Error('never');
        }),
      );
      await ask('1', 'letter');
      await performAll(performer);
      expect(await notesOf(office)).toEqual(['letter: given up']);
    });

    test('that hangs counts as a failed attempt', async () => {
      let calls = 0;
      const end = Promise.withResolvers<unknown>();
      using atLast = { [Symbol.dispose]: () => end.resolve('far too late') };
      const performer = openPerformer(executor(() => ((calls += 1) === 1 ? end.promise : Promise.resolve('late'))));
      await ask('1', 'letter');
      const performing = performAll(performer);
      await until(async () => expect(await notesOf(office)).toEqual(['letter: late']));
      atLast[Symbol.dispose]();
      await performing;
    });

    test('waits for the older ones of its key', async () => {
      const seen: string[] = [];
      let isFirst = true;
      const performer = openPerformer(
        executor(async (text) => {
          if (isFirst) {
            isFirst = false;
            throw new Error('busy');
          }
          seen.push(text);
          return 'done';
        }),
      );
      await ask('1', 'a1', 'a');
      await ask('2', 'a2', 'a');
      await ask('3', 'a3', 'a');
      await performAll(performer);
      expect(seen).toEqual(['a1', 'a2', 'a3']);
    });

    test.each(['asked for at once', 'asked for one after the other', 'found later'])(
      'is not begun while an older one of its key is under way: %s',
      async (how) => {
        const seen: string[] = [];
        const asked = Promise.withResolvers<void>();
        const performer = openPerformer({
          ...executor(async (text) => {
            await asked.promise;
            seen.push(`${text} begins`);
            for (let turn = 0; turn < 20; turn += 1) await setImmediate();
            seen.push(`${text} ends`);
          }),
          timeout: 5_000,
        });
        if (how === 'found later') office.store.offerRequestsTo({ leaseMs: 0, room: () => 0, take: () => undefined });
        const texts = ['a1', 'a2', 'a3'];
        if (how === 'asked for at once')
          await asUser(() =>
            office.store.unitOfWork(async ({ request }) =>
              texts.forEach((text) => request(FileAway({ id: text, key: 'a', payload: { text } }))),
            ),
          );
        else for (const text of texts) await ask(text, text, 'a');
        asked.resolve();
        await performAll(performer);
        expect(seen).toEqual(texts.flatMap((text) => [`${text} begins`, `${text} ends`]));
      },
    );

    describe('of which there are several', () => {
      let begun: string[];
      let end: PromiseWithResolvers<void>;
      beforeEach(() => {
        begun = [];
        end = Promise.withResolvers();
      });

      /** Whose calls take until they may end. */
      const patient = (concurrency: number, { kind } = FileAway): Executor<DeskScope> => ({
        ...executor(async (text) => {
          begun.push(text);
          await end.promise;
          return 'done';
        }),
        kind,
        concurrency,
        timeout: 5_000,
      });
      const askAtOnce = (...requests: readonly ReturnType<typeof FileAway>[]) =>
        asUser(() => office.store.unitOfWork(async ({ request }) => requests.forEach(request)));
      const file = (text: string) => FileAway({ id: text, payload: { text } });
      const shred = (text: string) => Shred({ id: text, payload: { text } });
      const leaseAll = () => office.store.requests.lease(new Map([[FileAway.kind, 10]]), 60_000);

      test('is performed by no more calls at once than its kind may have, and waits for no other kind', async () => {
        const performer = openPerformer(patient(1), { executors: [patient(1), patient(4, Shred)] });
        await askAtOnce(...['a1', 'a2', 'a3'].map(file), ...['b1', 'b2', 'b3'].map(shred));
        expect(begun).toEqual(['a1', 'b1', 'b2', 'b3']);
        end.resolve();
        await performAll(performer);
        expect(begun.slice(4)).toEqual(['a2', 'a3']);
      });

      test('is left to other processes where its kind has no room, however much others have', async () => {
        const performer = openPerformer(patient(1), { executors: [patient(1), patient(16, Shred)] });
        await askAtOnce(...['1', '2', '3', '4', '5', '6'].map(file));
        await performer.performDue();
        expect(begun).toEqual(['1']);
        expect((await leaseAll()).map(({ id }) => id)).toEqual(['5', '6']);
        end.resolve();
        await performer.settle();
      });

      test('that is recorded while others are leased is performed once there is room', async () => {
        const { requests } = office.store;
        const lease: typeof requests.lease = async (...asked) => {
          const leased = await requests.lease(...asked);
          if (begun.length === 0) await askAtOnce(...['1', '2', '3', '4', '5'].map(file));
          return leased;
        };
        const performer = openPerformer(patient(1), { requests: changed({ lease }, requests) });
        await performer.performDue();
        end.resolve();
        await performer.settle();
        expect(begun).toEqual(['1', '2', '3', '4', '5']);
      });

      test('is performed though one look for what there is more has failed', async () => {
        const { requests } = office.store;
        let fails = 0;
        const lease: typeof requests.lease = async (...asked) => {
          fails += 1;
          if (fails === 1) throw new Error('the connection is lost');
          return requests.lease(...asked);
        };
        const performer = openPerformer(patient(2), {
          requests: changed({ lease }, requests),
          reportError: () => undefined,
        });
        end.resolve();
        await askAtOnce(...Array.from({ length: 12 }, (_, at) => file(String(at))));
        await performer.settle();
        expect(begun).toHaveLength(12);
      });

      test('is begun once, also where all that were taken for its place time out before it', async () => {
        let now = 0;
        const { timeout, ...rest } = patient(1);
        const call = async (payload: unknown) => {
          begun.push((payload as { text: string }).text);
          now += timeout;
          throw new Error('too late');
        };
        const timing = { ...realTiming, now: () => now };
        const performer = openPerformer({ ...rest, timeout, attempts: 1, call }, { timing });
        await askAtOnce(...['1', '2', '3', '4'].map(file));
        await performAll(performer);
        expect(begun).toEqual(['1', '2', '3', '4']);
      });

      test('is given back where its lease might run out first: it is leased again, and no attempt is spent', async () => {
        let now = 0;
        const { requests } = office.store;
        const leases: unknown[] = [];
        const lease: typeof requests.lease = async (...asked) => {
          const leased = await requests.lease(...asked);
          leases.push(...leased.map(({ id, attempt }) => ({ id, attempt })));
          return leased;
        };
        const timing = { ...realTiming, now: () => now };
        const performer = openPerformer(patient(1), { timing, requests: changed({ lease }, requests) });
        await askAtOnce(file('1'), file('2'));
        now = performer.leaseMs - 5_000;
        end.resolve();
        await performAll(performer);
        expect(begun).toEqual(['1', '2']);
        expect(leases).toEqual([{ id: '2', attempt: 1 }]);
      });

      describe('is not begun by a process that closes, and another may perform it at once', () => {
        const nobody: RequestTaker = { leaseMs: 0, room: () => 0, take: () => undefined };
        const leasedByAnother = async () => (await leaseAll()).map(({ id, attempt }) => ({ id, attempt }));

        test('where it waits for a place', async () => {
          const performer = openPerformer(patient(1));
          await askAtOnce(file('1'), file('2'));
          const closing = performer.close();
          end.resolve();
          await closing;
          expect(begun).toEqual(['1']);
          expect(await leasedByAnother()).toEqual([{ id: '2', attempt: 1 }]);
        });

        test('where it is found meanwhile', async () => {
          const { requests } = office.store;
          let closing: Promise<void> | undefined;
          const lease: typeof requests.lease = async (...asked) => {
            const leased = await requests.lease(...asked);
            closing = performer.close();
            return leased;
          };
          const performer = openPerformer(patient(1), { requests: changed({ lease }, requests) });
          office.store.offerRequestsTo(nobody);
          await askAtOnce(file('1'));
          await performer.performDue();
          await closing;
          await performer.settle();
          expect(begun).toEqual([]);
          expect(await leasedByAnother()).toEqual([{ id: '1', attempt: 1 }]);
        });

        test('where it is recorded meanwhile', async () => {
          const performer = openPerformer(patient(1));
          const take = async (...taken: Parameters<RequestTaker['take']>) => {
            await performer.close();
            performer.take(...taken);
          };
          const taken = Promise.withResolvers<void>();
          office.store.offerRequestsTo({
            leaseMs: 60_000,
            room: (kind) => performer.room(kind),
            take: (...requests) => void take(...requests).then(taken.resolve),
          });
          await askAtOnce(file('1'));
          await taken.promise;
          await performer.settle();
          expect(begun).toEqual([]);
          expect(await leasedByAnother()).toEqual([{ id: '1', attempt: 1 }]);
        });
      });
    });

    test('never holds up the lane that asked for it', async () => {
      const delivered = Promise.withResolvers<void>();
      let calls = 0;
      const performer = openPerformer({
        ...executor(async () => {
          calls += 1;
          await delivered.promise;
          return 'done';
        }),
        timeout: 5_000,
      });
      const asking = defineSubscriber<DeskScope>()({
        name: 'desk.askOnNoteTaken',
        on: NoteTaken,
        handle: async ({ notes, request }, { data: { text } }) => {
          await notes.add(text);
          request(FileAway({ id: text, payload: { text } }));
        },
      });
      await takeNotes(office, ['a', '1'], ['a', '2']);
      const stop = new AbortController();
      const running = office.relay([asking]).run(stop.signal);
      try {
        await until(async () => expect(await notesOf(office)).toEqual(['1', '2']));
      } finally {
        delivered.resolve();
        stop.abort();
        await running;
      }
      await performAll(performer);
      expect((await notesOf(office)).toSorted()).toEqual(['1', '1: done', '2', '2: done']);
      expect(calls).toBe(2);
    });

    test('is answered once, by however many processes it is performed', async () => {
      const [first, second] = [openPerformer(executor(async () => 'one')), openPerformer(executor(async () => 'two'))];
      const [leased] = await recordUnleased();
      first.take([leased!]);
      second.take([leased!]);
      await Promise.all([first.settle(), second.settle()]);
      expect(await notesOf(office)).toHaveLength(1);
      expect(await office.log()).toHaveLength(1);
    });

    async function recordUnleased() {
      office.store.offerRequestsTo({ leaseMs: 0, room: () => 0, take: () => undefined });
      await ask('1', 'letter');
      return office.store.requests.lease(new Map([[FileAway.kind, 10]]), 0);
    }
  });
