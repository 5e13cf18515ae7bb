import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NoteTaken } from './desk/note.ts';
import { asUser, type OpenPostOffice, type PostOffice } from './post-office.ts';

const LONG_AGO = new Date('2000-01-01T00:00:00Z');
const FAR_OFF = new Date('2100-01-01T00:00:00Z');

export const describeSchedule = (adapter: string, open: OpenPostOffice) =>
  describe(`a fact with a due time ${adapter}`, () => {
    let office: PostOffice;
    beforeEach(async () => void (office = await open()));
    afterEach(() => office[Symbol.asyncDispose]());

    const schedule = (due: Date, name: string, text: string) =>
      asUser(() =>
        office.store.unitOfWork(async (scope) => scope.schedule.at(due, name, NoteTaken({ topic: 'a', text }))),
      );

    const cancel = (name: string) =>
      asUser(() => office.store.unitOfWork(async (scope) => scope.schedule.cancel(name)));

    const texts = async () => (await office.log()).map(({ data }) => (JSON.parse(data) as { text: string }).text);

    test('is published once it is due, and once only', async () => {
      await schedule(LONG_AGO, 'alarm', 'ring');
      expect(await texts()).toEqual([]);
      expect(await office.store.schedule.publishDue(10)).toBe(1);
      expect(await office.store.schedule.publishDue(10)).toBe(0);
      expect(await texts()).toEqual(['ring']);
    });

    test('is not published before', async () => {
      await schedule(FAR_OFF, 'alarm', 'ring');
      expect(await office.store.schedule.publishDue(10)).toBe(0);
      const { scheduleIn } = await office.store.dueWork();
      expect(scheduleIn).toBeGreaterThan(0);
    });

    test('is not published once it was cancelled', async () => {
      await schedule(LONG_AGO, 'alarm', 'ring');
      await cancel('alarm');
      expect(await office.store.schedule.publishDue(10)).toBe(0);
      expect(await office.store.dueWork()).toEqual({ requestsIn: null, scheduleIn: null });
    });

    test('takes the place of an earlier one of its name', async () => {
      await schedule(LONG_AGO, 'alarm', 'first');
      await schedule(LONG_AGO, 'alarm', 'second');
      await office.store.schedule.publishDue(10);
      expect(await texts()).toEqual(['second']);
    });

    test('happened when it was due, not when it was scheduled', async () => {
      await schedule(LONG_AGO, 'alarm', 'ring');
      await office.store.schedule.publishDue(10);
      expect((await office.log()).map(({ occurredAt }) => occurredAt)).toEqual([LONG_AGO]);
    });

    const scheduleIn = (milliseconds: number, name: string, text: string) =>
      asUser(() =>
        office.store.unitOfWork(async (scope) =>
          scope.schedule.after(milliseconds, name, NoteTaken({ topic: 'a', text })),
        ),
      );

    test('is due so long after it was recorded', async () => {
      await scheduleIn(0, 'alarm', 'ring');
      await scheduleIn(60_000, 'later', 'ring again');
      expect(await office.store.schedule.publishDue(10)).toBe(1);
      expect(await texts()).toEqual(['ring']);
      const { scheduleIn: dueIn } = await office.store.dueWork();
      expect([dueIn! > 30_000, dueIn! <= 60_000]).toEqual([true, true]);
    });

    test('takes the place of an earlier one, whichever way its time was said', async () => {
      await schedule(FAR_OFF, 'alarm', 'first');
      await scheduleIn(0, 'alarm', 'second');
      await office.store.schedule.publishDue(10);
      expect(await texts()).toEqual(['second']);
    });

    test('comes in the order of its due time', async () => {
      await schedule(new Date('2001-01-01T00:00:00Z'), 'later', '2');
      await schedule(LONG_AGO, 'earlier', '1');
      await office.store.schedule.publishDue(10);
      expect(await texts()).toEqual(['1', '2']);
    });
  });
