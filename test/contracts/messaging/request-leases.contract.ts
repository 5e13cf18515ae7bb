import { describe, expect, test } from 'vitest';
import type { DeskScope } from './desk/note.ts';
import { notesOf, type OpenPostOffice } from './post-office.ts';
import { FileAway, inRequestOffice } from './request-office.ts';

const AN_HOUR = 3_600_000;

export const describeRequestLeases = (adapter: string, open: OpenPostOffice) =>
  describe(`a request ${adapter}`, () => {
    const here = inRequestOffice(open);
    const { executor, openPerformer, performAll, recordUnleased } = here;
    const requests = () => here.office.store.requests;
    const lease = async (leaseMs = 0) => (await requests().lease(new Map([[FileAway.kind, 1]]), leaseMs))[0];

    describe('that a second process has, since the first was taken for gone', () => {
      /** The first is slow: by now the second has begun the next call. */
      const leaseTwice = async () => {
        const [first] = await recordUnleased();
        return [first!, (await lease(AN_HOUR))!] as const;
      };
      const cannotBeRecorded = { error: 'cannot be recorded', restMs: null };

      test('stays the second one’s where the call of the first fails late', async () => {
        const [first, second] = await leaseTwice();
        await requests().postpone(first, 'late', 0);
        expect(await lease()).toBeUndefined();
        await requests().postpone(second, 'busy', 0);
        expect(await lease()).toMatchObject({ attempt: 3 });
      });

      test('is called all the same where the first one’s last call fails late', async () => {
        const [first, second] = await leaseTwice();
        await requests().keep(first, { error: 'late' });
        await requests().setBack(first, { error: 'late' }, cannotBeRecorded);
        expect(await lease()).toBeUndefined();
        await requests().giveBack([second]);
        expect(await lease()).toEqual(second);
      });

      test('keeps the answer that the first one gets late, and stays the second one’s', async () => {
        const [first, second] = await leaseTwice();
        await requests().setBack(first, { answer: 'late' }, cannotBeRecorded);
        expect(await lease()).toBeUndefined();
        await requests().postpone(second, 'busy', 0);
        expect(await lease()).toMatchObject({ attempt: 2, kept: { end: { answer: 'late' }, recording: 2 } });
      });

      test('has not failed where an answer of the first one is kept', async () => {
        const [first, second] = await leaseTwice();
        await requests().keep(first, { answer: 'late' });
        const giveUp = ({ notes }: DeskScope) => notes.add('given up');
        expect(await requests().inFailure(second, 'busy', giveUp)).toBe(false);
        await requests().postpone(second, 'busy', 0);
        await performAll(openPerformer(executor(async () => 'called again')));
        expect(await notesOf(here.office)).toEqual(['letter: late']);
      });

      test('stays the second one’s to record where the first one’s recording fails late', async () => {
        const [called] = await recordUnleased();
        await requests().keep(called!, { answer: 'done' });
        const first = (await lease())!;
        expect(await lease(AN_HOUR)).toMatchObject({ kept: { recording: 3 } });
        await requests().setBack(first, { answer: 'done' }, { error: 'cannot be recorded', restMs: 0 });
        expect(await lease()).toBeUndefined();
      });
    });
  });
