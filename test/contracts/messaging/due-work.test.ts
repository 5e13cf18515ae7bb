import { expect, test } from 'vitest';
import { DueWorkWatch, type PunctualContext } from '#events/messaging/relay/due-work';

test('what is due in one context is done, though all that is due in another fails', async () => {
  const done: string[] = [];
  const errors: string[] = [];
  const contextOf = (context: string, work: (what: string) => void): PunctualContext => ({
    context,
    schedule: { publishDue: async () => (work('scheduled'), 0) },
    performer: { performDue: async () => work('requests') },
  });
  const broken = contextOf('broken', (what) => {
    throw new Error(`${what} of broken`);
  });
  const watch = new DueWorkWatch({
    contexts: [broken, contextOf('desk', (what) => done.push(what))],
    look: async () => new Map(['broken', 'desk'].map((context) => [context, { requestsIn: 0, scheduleIn: 0 }])),
    reportError: (error) => void errors.push((error as Error).message),
  });
  await expect(watch.lookOnce()).resolves.toBeGreaterThan(0);
  expect(errors).toEqual(['requests of broken', 'scheduled of broken']);
  expect(done).toEqual(['requests', 'scheduled']);
});
