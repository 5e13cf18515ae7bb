import { beforeEach, describe, expect, test } from 'vitest';
import type { Executor } from '#events/messaging';
import type { RequestStorage } from '#events/messaging/requests/request-storage';
import type { DeskScope } from './desk/note.ts';
import { until } from '../../support/eventually.ts';
import { notesOf, type OpenPostOffice } from './post-office.ts';
import { changed, FileAway, HASTY, inRequestOffice } from './request-office.ts';

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

export const describeRequestEndings = (adapter: string, open: OpenPostOffice) =>
  describe(`a request ${adapter}`, () => {
    const here = inRequestOffice(open);
    const { executor, openPerformer, ask, performAllThatCan, performAll, recordUnleased } = here;

    test('is not performed again where the database was away when its answer came', async () => {
      let calls = 0;
      const performer = openPerformer(
        { ...executor(async () => (calls += 1)), timeout: 5_000 },
        { requests: awayFor(10, here.office.store.requests), timing: HASTY },
      );
      await ask('1', 'letter');
      await performAll(performer);
      expect(await notesOf(here.office)).toEqual(['letter: 1']);
      expect(calls).toBe(1);
    });

    test('is not recorded beyond its lease where the database stays away: its answer is kept', async () => {
      let now = 0;
      let calls = 0;
      const recordedAt: number[] = [];
      const { requests } = here.office.store;
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
      expect(here.errors.map(String)).toEqual(['RecordingFailed: how desk.fileAway 1 ended could not be recorded']);
      expect(await notesOf(here.office)).toEqual(['letter: 1']);
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
        expect(await notesOf(here.office)).toEqual(['letter: [object Object]']);
        expect(here.errors.map(String)).toEqual(
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
        expect(await here.office.store.requests.lease(new Map([[FileAway.kind, 10]]), 0)).toEqual([]);
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
        expect(await notesOf(here.office)).toEqual(['letter: given up']);
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
        await until(async () => expect(await notesOf(here.office)).toEqual(['letter: 1']));
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
        expect(await notesOf(here.office)).toEqual(['b: done']);
      });
    });

    describe('that was begun by a process which ended', () => {
      /** As after the lease of a process that is gone. */
      const leaseAgain = async () => {
        const [leased] = await here.office.store.requests.lease(new Map([[FileAway.kind, 1]]), 0);
        return leased!;
      };

      test('is not performed a third time where each ends recording the answer', async () => {
        let calls = 0;
        const begun = Promise.withResolvers<void>();
        const performs = executor(async () => (calls += 1));
        await recordUnleased();
        const doomed = openPerformer(performs, { requests: endingAt(begun.resolve, here.office.store.requests) });
        doomed.take([await leaseAgain()]);
        await begun.promise;
        const last = openPerformer(performs);
        last.take([await leaseAgain()]);
        await last.settle();
        expect(calls).toBe(1);
        expect(await notesOf(here.office)).toEqual(['letter: 1']);
      });

      test('is dead after the twelfth recording that nobody saw end', async () => {
        let calls = 0;
        await recordUnleased();
        const request = await leaseAgain();
        await here.office.store.requests.keep(request, { answer: 'done' });
        for (let recording = 2; recording <= 12; recording += 1) await leaseAgain();
        const performer = openPerformer(executor(async () => (calls += 1)));
        performer.take([await leaseAgain()]);
        await performer.settle();
        expect(calls).toBe(0);
        expect(await notesOf(here.office)).toEqual([]);
        expect((await here.office.store.dueWork()).requestsIn).toBeNull();
      });

      test('is given up after the last call that nobody saw end', async () => {
        let calls = 0;
        await recordUnleased();
        for (let call = 2; call <= 3; call += 1) await leaseAgain();
        const performer = openPerformer(executor(async () => (calls += 1)));
        performer.take([await leaseAgain()]);
        await performer.settle();
        expect(calls).toBe(0);
        expect(await notesOf(here.office)).toEqual(['letter: given up']);
      });
    });

    test('whose answer cannot be kept has failed', async () => {
      const performer = openPerformer(executor(async () => 1n));
      await ask('1', 'letter');
      await performAll(performer);
      expect(await notesOf(here.office)).toEqual(['letter: given up']);
    });

    test('has its answer recorded as it is kept', async () => {
      const performer = openPerformer(executor(async () => [new Date(0), undefined]));
      await ask('1', 'letter');
      await performAll(performer);
      expect(await notesOf(here.office)).toEqual(['letter: 1970-01-01T00:00:00.000Z,']);
    });
  });
