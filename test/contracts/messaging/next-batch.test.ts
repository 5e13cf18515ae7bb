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
  const next = new NextBatch({ singly: false, handleBatch: undefined }, { largestBatch: 1_000 });
  for (let batches = 0; batches < 20; batches += 1) next.succeeded(sliceOf(1).events, given.milliseconds);
  expect(next.of(sliceOf(given.events))).toMatchObject({ isLight: given.isLight });
});

test.each([
  { milliseconds: 99, sizes: [4, 16, 64] },
  { milliseconds: 100, sizes: [2, 4, 8] },
  { milliseconds: 1_500, sizes: [1, 1, 1] },
])('after events that went alone, batches of $milliseconds ms grow to $sizes', ({ milliseconds, sizes }) => {
  const next = new NextBatch({ singly: false, handleBatch: undefined }, { largestBatch: 1_000 });
  const succeed = () => next.succeeded(sliceOf(1).events, milliseconds);
  for (let alone = 1; alone < 8; alone += 1) succeed();
  const grown = sizes.map(() => {
    succeed();
    return next.of(sliceOf(200)).events.length;
  });
  expect(grown).toEqual(sizes);
});

test.each([
  { form: 'handles one event a call', singly: false, handleBatch: undefined, largest: 10 },
  { form: 'takes a batch in one call', singly: false, handleBatch: async () => undefined, largest: 20 },
  { form: 'wants each event alone', singly: true, handleBatch: undefined, largest: 1 },
])('a subscriber that $form is given $largest at most where 10 are the largest batch', ({ largest, ...subscriber }) => {
  const next = new NextBatch(subscriber, { largestBatch: 10 });
  for (let batches = 0; batches < 20; batches += 1) next.succeeded(sliceOf(1).events, 1);
  expect(next.of(sliceOf(100)).events).toHaveLength(largest);
});
