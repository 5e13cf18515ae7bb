import { measureDrain, measureLatency, measureMemory, measureSustained, measureWriting } from './measurements.ts';
import type { Scenario, Subject } from './scenario.ts';
import { holdSnapshot, keepWriting } from './others.ts';

const OURS: Subject = { name: 'microlith', contender: 'microlith' };
const NAIVE: Subject = { name: 'naive outbox', contender: 'naive' };
const NAIVE_MIKRO_ORM: Subject = { name: 'naive outbox on MikroORM', contender: 'naive-mikro-orm' };

const GRAPHILE: Subject = { name: 'graphile-worker', contender: 'graphile-default', share: 0.1, isPeer: true };
const GRAPHILE_QUEUE: Subject = {
  name: 'graphile-worker, localQueue',
  contender: 'graphile-local-queue',
  share: 0.3,
  isPeer: true,
};
const PG_BOSS: Subject = { name: 'pg-boss, batches of 100', contender: 'pg-boss', share: 0.3, isPeer: true };
const OUTBOX: Subject = {
  name: 'pg-transactional-outbox, polling',
  contender: 'pg-transactional-outbox',
  share: 0.03,
  isPeer: true,
};
const EMMETT: Subject = { name: 'Emmett', contender: 'emmett-default', share: 0.1, isPeer: true };
const EMMETT_PULLING_MORE: Subject = {
  name: 'Emmett, batches of 500',
  contender: 'emmett-pulling-more',
  share: 0.1,
  isPeer: true,
};

/** A scenario that is measured in time gives everybody the same. */
const inFull = (subject: Subject): Subject => ({ ...subject, share: 1 });

/** All there is to measure, in the order in which it is run. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'drain',
    about: 'a backlog is delivered to three subscribers, one event a call',
    events: 30_000,
    subjects: [OURS, NAIVE_MIKRO_ORM, NAIVE, GRAPHILE, GRAPHILE_QUEUE, PG_BOSS, OUTBOX, EMMETT, EMMETT_PULLING_MORE],
    measure: measureDrain,
  },
  {
    name: 'set-based',
    about: 'a backlog is delivered to three subscribers that take whole batches',
    events: 60_000,
    subjects: [
      { name: 'microlith, handleBatch', contender: 'microlith-set-based' },
      { name: 'naive outbox, set-based', contender: 'naive-set-based' },
      { name: 'limit of one client', contender: 'client-limit' },
      { name: 'pg-boss, set-based, batches of 500', contender: 'pg-boss-set-based', share: 0.3, isPeer: true },
    ],
    measure: measureDrain,
  },
  {
    name: 'sustained',
    about: '8 producers in a process of their own place orders as fast as they can; events: milliseconds they do so',
    events: 5_000,
    subjects: [OURS, NAIVE_MIKRO_ORM, inFull(GRAPHILE_QUEUE), inFull(PG_BOSS)],
    measure: measureSustained,
  },
  {
    name: 'latency',
    about: 'one order now and then: from its commit to that of its first effect',
    events: 500,
    subjects: [OURS, inFull(GRAPHILE), inFull(PG_BOSS)],
    measure: measureLatency,
  },
  {
    name: 'write',
    about: '8 producers place orders with and without events, nobody delivers; events: milliseconds they do so',
    events: 3_000,
    subjects: [OURS, NAIVE_MIKRO_ORM, NAIVE, inFull(GRAPHILE), inFull(PG_BOSS)],
    measure: measureWriting,
  },
  {
    name: 'backlog',
    about: 'the drain, with a million handled events before it',
    events: 30_000,
    subjects: [OURS, { ...OURS, name: 'microlith, 1 M old events', oldFacts: 1_000_000 }],
    measure: measureDrain,
  },
  {
    name: 'memory',
    about: 'a large backlog in a heap of 256 MB, with 3 subscribers that want all of it and 47 that want one in 1,500',
    events: 1_000_000,
    isLong: true,
    subjects: [{ name: 'microlith, 50 subscribers', contender: 'microlith-crowd', heap: 256 }],
    measure: measureMemory,
  },
  {
    name: 'snapshot',
    about: 'the drain, with a snapshot held open since before the orders were placed',
    events: 30_000,
    subjects: [
      OURS,
      { ...OURS, name: 'microlith, snapshot held', meanwhile: holdSnapshot },
      NAIVE_MIKRO_ORM,
      { ...NAIVE_MIKRO_ORM, name: 'naive outbox on MikroORM, snapshot held', meanwhile: holdSnapshot },
    ],
    measure: measureDrain,
  },
  {
    name: 'foreign-writer',
    about: 'the latency, with a transaction of somebody else open that has written',
    events: 500,
    subjects: [OURS, { ...OURS, name: 'microlith, foreign writer', meanwhile: keepWriting }],
    measure: measureLatency,
  },
];
