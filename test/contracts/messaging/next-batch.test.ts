import { expect, test } from 'vitest';
import { NextBatch } from '#events/messaging/lanes/next-batch';
import { BEGINNING, positionOf, type RecordedEvent } from '#events/messaging/log/log';

const sliceOf = (count: number) => {
  const events = Array.from({ length: count }, (_, at) => ({ id: `e${at}`, position: at + 1 }) as RecordedEvent);
  return { after: BEGINNING, to: positionOf(events.at(-1)!), events, server: 'a server' };
};

test.each([
  { events: 100, milliseconds: 100, isLight: true },
  { events: 101, milliseconds: 1, isLight: false },
  { events: 1, milliseconds: 101, isLight: false },
])('a batch of $events events after one that took $milliseconds ms is light: $isLight', (given) => {
  const next = new NextBatch({ singly: false }, { largestBatch: 1_000 });
  for (let batches = 0; batches < 20; batches += 1) next.succeeded(sliceOf(1).events, given.milliseconds);
  expect(next.of(sliceOf(given.events))).toMatchObject({ isLight: given.isLight });
});
