import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineRequest, type Executor } from '#events/messaging';
import type { RequestTaker } from '#events/messaging/requests/request-storage';
import { realTiming } from '#events/messaging/timing';
import type { DeskScope } from './desk/note.ts';
import { asUser, type OpenPostOffice } from './post-office.ts';
import { changed, FileAway, inRequestOffice } from './request-office.ts';

const Shred = defineRequest('desk.shred', z.object({ text: z.string() }));

export const describeRequestPlaces = (adapter: string, open: OpenPostOffice) =>
  describe(`a request ${adapter}`, () => {
    const here = inRequestOffice(open);
    const { executor, openPerformer, performAll } = here;

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
        asUser(() => here.office.store.unitOfWork(async ({ request }) => requests.forEach(request)));
      const file = (text: string) => FileAway({ id: text, payload: { text } });
      const shred = (text: string) => Shred({ id: text, payload: { text } });
      const leaseAll = () => here.office.store.requests.lease(new Map([[FileAway.kind, 10]]), 60_000);

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
        const { requests } = here.office.store;
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
        const { requests } = here.office.store;
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
        const { requests } = here.office.store;
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
          const { requests } = here.office.store;
          let closing: Promise<void> | undefined;
          const lease: typeof requests.lease = async (...asked) => {
            const leased = await requests.lease(...asked);
            closing = performer.close();
            return leased;
          };
          const performer = openPerformer(patient(1), { requests: changed({ lease }, requests) });
          here.office.store.offerRequestsTo(nobody);
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
          here.office.store.offerRequestsTo({
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
  });
