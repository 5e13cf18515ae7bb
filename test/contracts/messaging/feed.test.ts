import { expect, test } from 'vitest';
import { createBus } from '#events/messaging/adapters/eventemitter2-bus';
import { Feed } from '#events/messaging/log/feed';
import { BEGINNING, LARGEST_PAGE, type RecordedEvent } from '#events/messaging/log/log';
import { realTiming } from '#events/messaging/timing';

const event = { id: 'e1', type: 'desk.NoteTaken', position: 1 } as RecordedEvent;
const page = { after: BEGINNING, to: { position: 1, eventId: 'e1' }, events: [event], server: 'old' };
const second = { ...event, id: 'e2', position: 2 };
const nextPage = { ...page, after: page.to, to: { position: 2, eventId: 'e2' }, events: [second] };

/** All of a page, as a lane sees it. */
const sliceOf = ({ to, events, server }: typeof page) => ({ to, events, server });

const largePageAfter = (position: number) => ({
  ...page,
  after: { position, eventId: 'e1' },
  to: { position: position + LARGEST_PAGE, eventId: 'e1' },
  events: Array.from({ length: LARGEST_PAGE }, (_, at) => ({ ...event, position: position + at + 1 })),
});

const openFeed = (...more: readonly string[]) =>
  new Feed(
    createBus(['desk.NoteTaken', ...more], () => expect.unreachable()),
    realTiming,
    BEGINNING,
  );

test.each([
  { types: ['desk.NoteTaken'], told: 0, because: 'it wants an event of it' },
  { types: ['desk.NoteLost'], told: 1, because: 'nothing in it is for it' },
])('a lane is told of a page to pass over $told times when $because', ({ types, told }) => {
  const feed = openFeed('desk.NoteLost');
  const tap = feed.tap(types);
  let count = 0;
  let rings = 0;
  tap.bell.ring = () => void (rings += 1);
  tap.onNothing(() => {
    count += 1;
    return true;
  });
  feed.push(page);
  expect({ told: count, rings }).toEqual({ told, rings: 1 - told });
});

test('a lane that cannot pass over a page is woken by it', () => {
  const feed = openFeed('desk.NoteLost');
  const tap = feed.tap(['desk.NoteLost']);
  let rings = 0;
  tap.bell.ring = () => void (rings += 1);
  feed.push(page);
  expect(rings).toBe(1);
});

test('a page is kept until every lane has passed it', () => {
  const feed = openFeed();
  const [fast, slow] = [feed.tap(['desk.NoteTaken']), feed.tap(['desk.NoteTaken'])];
  feed.push(page);
  fast.after(1);
  expect(slow.after(0)).toMatchObject({ events: [event] });
  slow.after(1);
  feed.push(nextPage);
  expect([slow.after(0), slow.after(1)]).toEqual(['behind', sliceOf(nextPage)]);
});

test('a lane that has fallen behind small pages takes them at once', () => {
  const feed = openFeed();
  const tap = feed.tap(['desk.NoteTaken']);
  feed.push(page);
  feed.push(nextPage);
  expect(tap.after(0)).toEqual({ ...sliceOf(nextPage), events: [event, second] });
});

test('what was read from two servers is not taken at once', () => {
  const feed = openFeed();
  const tap = feed.tap(['desk.NoteTaken']);
  feed.push(page);
  feed.push({ ...nextPage, server: 'new' });
  expect([tap.after(0), tap.after(1)]).toEqual([sliceOf(page), sliceOf({ ...nextPage, server: 'new' })]);
});

test('a lane that forgets what was read until now reads it itself, and goes on with the next page', () => {
  const feed = openFeed();
  const tap = feed.tap(['desk.NoteTaken']);
  feed.push(page);
  tap.forget();
  feed.push(nextPage);
  expect([tap.after(0), tap.after(1)]).toEqual(['behind', sliceOf(nextPage)]);
});

test('what a lane has forgotten is not known to hold anything for it', () => {
  const feed = openFeed();
  const tap = feed.tap(['desk.NoteTaken']);
  feed.push(page);
  tap.forget();
  expect([tap.hasMoreAfter(0), tap.after(0)]).toEqual([false, 'behind']);
});

test('another page is read once the last lane has left the one there is to others', () => {
  const feed = openFeed();
  const [first, second] = [feed.tap(['desk.NoteTaken']), feed.tap(['desk.NoteTaken'])];
  let rung = 0;
  feed.hunger.ring = () => void (rung += 1);
  feed.push(page);
  first.leave();
  expect(rung).toBe(0);
  second.leave();
  expect(rung).toBe(1);
});

test('no page is kept for a lane that leaves to others what there is, and it reads that itself once it asks again', () => {
  const feed = openFeed();
  const [other, left] = [feed.tap(['desk.NoteTaken']), feed.tap(['desk.NoteTaken'])];
  feed.push(page);
  left.leave();
  other.after(1);
  feed.push(nextPage);
  expect([other.after(0), other.after(1)]).toEqual(['behind', sliceOf(nextPage)]);
  expect([left.hasMoreAfter(1), left.hasMoreAfter(2)]).toEqual([true, false]);
  expect([left.after(1), left.after(2)]).toEqual(['behind', undefined]);
  const third = { ...nextPage, after: nextPage.to, to: { position: 3, eventId: 'e3' } };
  feed.push({ ...third, events: [{ ...event, position: 3 }] });
  expect(left.after(2)).toMatchObject({ to: third.to, events: [{ position: 3 }] });
});

test('a lane past which there is nothing for it comes to the end without reading, whatever pages are gone', () => {
  const feed = openFeed('desk.NoteLost');
  const [other, left] = [feed.tap(['desk.NoteTaken']), feed.tap(['desk.NoteLost'])];
  left.leave();
  feed.push(page);
  other.after(1);
  expect([left.hasMoreAfter(0), left.after(0)]).toEqual([false, { to: page.to, events: [], server: undefined }]);
});

test.each([
  { count: 200, rings: 1 },
  { count: 199, rings: 0 },
])('another page is read while a lane handles one of $count events: $rings', ({ count, rings }) => {
  const feed = openFeed();
  const tap = feed.tap(['desk.NoteTaken']);
  const events = Array.from({ length: count }, (_, at) => ({ ...event, position: at + 1 }));
  let rung = 0;
  feed.hunger.ring = () => void (rung += 1);
  feed.push({ ...page, to: { position: count, eventId: 'e1' }, events });
  tap.after(0);
  expect(rung).toBe(rings);
  tap.after(count);
  expect(rung).toBe(rings + 1);
});

test('a small page is in hand until the lanes that keep up have passed it', () => {
  const feed = openFeed();
  const [first, second] = [feed.tap(['desk.NoteTaken']), feed.tap(['desk.NoteTaken'])];
  const seen = [feed.isInHand];
  feed.push(page);
  seen.push(feed.isInHand);
  first.after(0);
  first.after(1);
  seen.push(feed.isInHand);
  second.after(1);
  seen.push(feed.isInHand);
  expect(seen).toEqual([false, true, true, false]);
});

test('a page is in no hand where it is large, where a lane is behind it, and where one leaves it to others', () => {
  const large = openFeed();
  large.tap(['desk.NoteTaken']);
  large.push({ ...page, events: Array.from({ length: 200 }, () => event) });
  const behind = openFeed();
  behind.tap(['desk.NoteTaken']);
  behind.push(page);
  behind.push(nextPage);
  const left = openFeed();
  const tap = left.tap(['desk.NoteTaken']);
  left.push(page);
  tap.after(0);
  tap.leave();
  expect([large, behind, left].map(({ isInHand }) => isInHand)).toEqual([false, false, false]);
});

test('a large page is in hand where the next one would push it out, until the lanes that have come to it have passed it', () => {
  const feed = openFeed();
  const [fast, slow] = [feed.tap(['desk.NoteTaken']), feed.tap(['desk.NoteTaken'])];
  const seen = [0, 1, 2, 3].map((before) => {
    feed.push(largePageAfter(before * LARGEST_PAGE));
    fast.after((before + 1) * LARGEST_PAGE);
    return feed.isInHand;
  });
  slow.after(LARGEST_PAGE);
  seen.push(feed.isInHand);
  expect(seen).toEqual([false, false, false, true, false]);
});
