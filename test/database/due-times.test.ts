import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '#shared-kernel/clock';
import { NoteTaken } from '../contracts/messaging/desk/note.ts';
import { asUser } from '../contracts/messaging/post-office.ts';
import { type Desk, openDesk } from '../support/desk.ts';

const AN_HOUR = 3_600_000;
const A_DAY = 24 * AN_HOUR;

const clockOffBy = (milliseconds: number): Clock => ({ now: () => new Date(Date.now() + milliseconds) });

describe('a time limit', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await openDesk();
  });
  afterEach(() => desk[Symbol.asyncDispose]());

  const limit = async (clock: Clock, milliseconds: number) => {
    const store = await desk.reopen({ clock });
    await asUser(() =>
      store.unitOfWork(async ({ schedule }) =>
        schedule.after(milliseconds, 'limit', NoteTaken({ topic: 'a', text: 'too late' })),
      ),
    );
    return store;
  };

  test.each([-A_DAY, 0, A_DAY])('is as long by a process whose clock is off by %i ms', async (offset) => {
    const store = await limit(clockOffBy(offset), AN_HOUR);
    const { scheduleIn } = await desk.store.dueWork();
    expect([scheduleIn! > AN_HOUR - 60_000, scheduleIn! <= AN_HOUR]).toEqual([true, true]);
    expect(await store.schedule.publishDue(1)).toBe(0);
  });

  test('is published when it is due, whatever the clock says of the process that looks', async () => {
    await limit(clockOffBy(A_DAY), 0);
    const late = await desk.reopen({ clock: clockOffBy(-A_DAY) });
    expect(await late.schedule.publishDue(1)).toBe(1);
  });

  test('runs on where the clock of the process that set it is put back meanwhile', async () => {
    let offset = A_DAY;
    const store = await limit({ now: () => new Date(Date.now() + offset) }, AN_HOUR);
    offset = -A_DAY;
    await desk.database.query(`update desk.scheduled set due_at = due_at - interval '1 hour'`);
    expect(await store.schedule.publishDue(1)).toBe(1);
  });
});
