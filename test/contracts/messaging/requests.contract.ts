import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { defineSubscriber } from '#events/messaging';
import { TenantId } from '#shared-kernel/tenant';
import { type DeskScope, NoteTaken } from './desk/note.ts';
import { until } from '../../support/eventually.ts';
import { asUser, notesOf, type OpenPostOffice, takeNotes } from './post-office.ts';
import { FileAway, inRequestOffice } from './request-office.ts';

export const describeRequests = (adapter: string, open: OpenPostOffice) =>
  describe(`a request ${adapter}`, () => {
    const here = inRequestOffice(open);
    const { executor, openPerformer, ask, performAll, recordUnleased } = here;

    test('is performed after its unit of work, and its answer kept with what it means', async () => {
      const performer = openPerformer(executor(async () => 'done'));
      await ask('1', 'letter');
      await performAll(performer);
      expect(await notesOf(here.office)).toEqual(['letter: done']);
      expect((await here.office.log()).map(({ type, source }) => [type, source])).toEqual([
        ['desk.NoteFiled', 'desk.fileAway'],
      ]);
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
      expect(await notesOf(here.office)).toEqual(['letter: 1']);
    });

    test('of a failed unit of work is never performed', async () => {
      const performer = openPerformer(executor(async () => 'done'));
      const failing = asUser(() =>
        here.office.store.unitOfWork(async ({ request }) => {
          request(FileAway({ id: '1', payload: { text: 'letter' } }));
          throw new Error('changed my mind');
        }),
      );
      await expect(failing).rejects.toThrow('changed my mind');
      await performAll(performer);
      expect(await notesOf(here.office)).toEqual([]);
    });

    test('that was made before is not made again: the answer is there', async () => {
      let calls = 0;
      const performer = openPerformer(executor(async () => (calls += 1)));
      await ask('1', 'letter');
      await performAll(performer);
      await ask('1', 'letter');
      await performAll(performer);
      expect(calls).toBe(1);
      expect(await notesOf(here.office)).toEqual(['letter: 1']);
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
      expect(await notesOf(here.office)).toEqual(['letter: done']);
    });

    test('of one tenant has another key than that of another tenant under the same id', async () => {
      const keys: string[] = [];
      const performer = openPerformer(executor(async (_text, key) => keys.push(key)));
      for (const tenantId of ['one', 'two'].map((name) => TenantId.parse(name)))
        await asUser(
          () =>
            here.office.store.unitOfWork(async ({ request }) =>
              request(FileAway({ id: '1', payload: { text: 'letter' } })),
            ),
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
      expect(await notesOf(here.office)).toEqual(['letter: given up']);
    });

    test('that hangs counts as a failed attempt', async () => {
      let calls = 0;
      const end = Promise.withResolvers<unknown>();
      using atLast = { [Symbol.dispose]: () => end.resolve('far too late') };
      const performer = openPerformer(executor(() => ((calls += 1) === 1 ? end.promise : Promise.resolve('late'))));
      await ask('1', 'letter');
      const performing = performAll(performer);
      await until(async () => expect(await notesOf(here.office)).toEqual(['letter: late']));
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
        if (how === 'found later')
          here.office.store.offerRequestsTo({ leaseMs: 0, room: () => 0, take: () => undefined });
        const texts = ['a1', 'a2', 'a3'];
        if (how === 'asked for at once')
          await asUser(() =>
            here.office.store.unitOfWork(async ({ request }) =>
              texts.forEach((text) => request(FileAway({ id: text, key: 'a', payload: { text } }))),
            ),
          );
        else for (const text of texts) await ask(text, text, 'a');
        asked.resolve();
        await performAll(performer);
        expect(seen).toEqual(texts.flatMap((text) => [`${text} begins`, `${text} ends`]));
      },
    );

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
      await takeNotes(here.office, ['a', '1'], ['a', '2']);
      const stop = new AbortController();
      const running = here.office.relay([asking]).run(stop.signal);
      try {
        await until(async () => expect(await notesOf(here.office)).toEqual(['1', '2']));
      } finally {
        delivered.resolve();
        stop.abort();
        await running;
      }
      await performAll(performer);
      expect((await notesOf(here.office)).toSorted()).toEqual(['1', '1: done', '2', '2: done']);
      expect(calls).toBe(2);
    });

    test('is answered once, by however many processes it is performed', async () => {
      const [first, second] = [openPerformer(executor(async () => 'one')), openPerformer(executor(async () => 'two'))];
      const [leased] = await recordUnleased();
      first.take([leased!]);
      second.take([leased!]);
      await Promise.all([first.settle(), second.settle()]);
      expect(await notesOf(here.office)).toHaveLength(1);
      expect(await here.office.log()).toHaveLength(1);
    });
  });
