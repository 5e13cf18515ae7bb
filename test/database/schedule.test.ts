import { expect, test, vi } from 'vitest';
import { NoteTaken } from '../contracts/messaging/desk/note.ts';
import { asUser } from '../contracts/messaging/post-office.ts';
import { openDesk } from '../support/desk.ts';

test.each([
  ['ahead', '2200-01-01T00:00:00Z'],
  ['behind', '1990-01-01T00:00:00Z'],
])('a fact is due by the time of the database, though the clock of this process is far %s', async (_how, now) => {
  await using desk = await openDesk();
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(now) });
  try {
    await asUser(() =>
      desk.store.unitOfWork(async ({ schedule }) => {
        schedule.at(new Date('2000-01-01T00:00:00Z'), 'past', NoteTaken({ topic: 'a', text: 'past' }));
        schedule.at(new Date('2100-01-01T00:00:00Z'), 'future', NoteTaken({ topic: 'a', text: 'future' }));
      }),
    );
    await desk.store.schedule.publishDue(10);
    const texts = (await desk.source.rows(0, 10)).map(({ data }) => JSON.parse(data) as { text: string });
    expect(texts.map(({ text }) => text)).toEqual(['past']);
    expect((await desk.store.dueWork()).scheduleIn).toBeGreaterThan(0);
  } finally {
    vi.useRealTimers();
  }
});
