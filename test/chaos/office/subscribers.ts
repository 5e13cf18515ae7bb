import { defineSubscriber, type Subscriber } from '#events/messaging/lanes/subscriber';
import type { ChaosScope } from './context.ts';
import { type Edition, EntryDue, EntryEchoed, EntryMade } from './events.ts';
import { swallow } from './poison.ts';

const subscribe = defineSubscriber<ChaosScope>();

const recordEach = subscribe({
  name: 'chaos.recordEach',
  on: [EntryMade, EntryEchoed],
  handle: async ({ note }, { id }) => note('chaos.recordEach', id),
});

const recordTogether = subscribe({
  name: 'chaos.recordTogether',
  on: EntryMade,
  handleBatch: async ({ note }, events) => {
    for (const { id } of events) note('chaos.recordTogether', id);
  },
});

const recordSingly = subscribe({
  name: 'chaos.recordSingly',
  on: EntryMade,
  singly: true,
  handle: async ({ note }, { id }) => note('chaos.recordSingly', id),
});

/** Publishes, as a lane's subscriber may. */
const echo = subscribe({
  name: 'chaos.echo',
  on: EntryMade,
  handle: async ({ note, publish }, { id, data }) => {
    note('chaos.echo', id);
    publish(EntryEchoed(data));
  },
});

const recordEchoes = subscribe({
  name: 'chaos.recordEchoes',
  on: EntryEchoed,
  handle: async ({ note }, { id }) => note('chaos.recordEchoes', id),
});

const recordDue = subscribe({
  name: 'chaos.recordDue',
  on: EntryDue,
  handle: async ({ note }, { id }) => note('chaos.recordDue', id),
});

/** Not proof against poison. */
const taste = subscribe({
  name: 'chaos.taste',
  on: EntryMade,
  handle: async ({ note }, { id, data: { poison } }) => {
    note('chaos.taste', id);
    if (poison) await swallow(poison);
  },
});

export const subscribers = [recordEach, recordTogether, recordSingly, echo, recordEchoes, recordDue, taste];

/** Newer code has given one of them another name; its lane goes on. */
export const subscribersOf = (edition: Edition): readonly Subscriber<ChaosScope>[] =>
  edition === 'old'
    ? subscribers
    : subscribers.map((each) =>
        each === recordTogether ? { ...each, name: 'chaos.recordAllTogether', aliases: [each.name] } : each,
      );
