import { measureDrain, measureLatency, measureMemory, measureSustained, measureWriting } from './measurements.ts';
import { ORDER_FLOW } from './order-flow/scenario.ts';
import { holdSnapshot, keepWriting } from './others.ts';
import { type Competitor, postOffice } from './post-office.ts';
import type { Scenario } from './scenario.ts';

const OURS: Competitor = { name: 'microlith', contender: 'microlith' };
const NAIVE: Competitor = { name: 'naive outbox', contender: 'naive' };
const NAIVE_MIKRO_ORM: Competitor = { name: 'naive outbox on MikroORM', contender: 'naive-mikro-orm' };

const GRAPHILE: Competitor = { name: 'graphile-worker', contender: 'graphile-default', share: 0.1, peer: 'libraries' };
const GRAPHILE_QUEUE: Competitor = {
  name: 'graphile-worker, localQueue',
  contender: 'graphile-local-queue',
  share: 0.3,
  peer: 'libraries',
};
const PG_BOSS: Competitor = { name: 'pg-boss, batches of 100', contender: 'pg-boss', share: 0.3, peer: 'libraries' };
const OUTBOX: Competitor = {
  name: 'pg-transactional-outbox, polling',
  contender: 'pg-transactional-outbox',
  share: 0.03,
  peer: 'libraries',
};
const EMMETT: Competitor = { name: 'Emmett', contender: 'emmett-default', share: 0.1, peer: 'libraries' };
const EMMETT_PULLING_MORE: Competitor = {
  name: 'Emmett, batches of 500',
  contender: 'emmett-pulling-more',
  share: 0.1,
  peer: 'libraries',
};

/** A scenario that is measured in time gives everybody the same. */
const inFull = (competitor: Competitor): Competitor => ({ ...competitor, share: 1 });

/** All there is to measure, in the order in which it is run. */
export const SCENARIOS: readonly Scenario[] = [
  postOffice({
    name: 'drain',
    about: 'a backlog is delivered to three subscribers, one event a call',
    events: 30_000,
    competitors: [OURS, NAIVE_MIKRO_ORM, NAIVE, GRAPHILE, GRAPHILE_QUEUE, PG_BOSS, OUTBOX, EMMETT, EMMETT_PULLING_MORE],
    measure: measureDrain,
  }),
  postOffice({
    name: 'set-based',
    about: 'a backlog is delivered to three subscribers that take whole batches',
    events: 300_000,
    competitors: [
      { name: 'microlith, handleBatch', contender: 'microlith-set-based' },
      { name: 'naive outbox, set-based', contender: 'naive-set-based' },
      { name: 'naive outbox, set-based, batches of 2,000', contender: 'naive-set-based-taking-more' },
      { name: 'limit of one client', contender: 'client-limit' },
      { name: 'pg-boss, set-based, batches of 500', contender: 'pg-boss-set-based', share: 0.3, peer: 'libraries' },
    ],
    measure: measureDrain,
  }),
  postOffice({
    name: 'sustained',
    about: '8 producers in a process of their own place orders as fast as they can; events: milliseconds they do so',
    events: 15_000,
    competitors: [OURS, NAIVE_MIKRO_ORM, inFull(GRAPHILE_QUEUE), inFull(PG_BOSS)],
    measure: measureSustained,
  }),
  postOffice({
    name: 'latency',
    about: 'one order now and then: from its commit to that of its first effect',
    events: 500,
    competitors: [OURS, inFull(GRAPHILE), inFull(PG_BOSS)],
    measure: measureLatency,
  }),
  postOffice({
    name: 'write',
    about: '8 producers place orders with and without events, nobody delivers; events: milliseconds they do so',
    events: 3_000,
    competitors: [OURS, NAIVE_MIKRO_ORM, NAIVE, inFull(GRAPHILE), inFull(PG_BOSS)],
    measure: measureWriting,
  }),
  postOffice({
    name: 'backlog',
    about: 'the drain, with a million handled events before it',
    events: 30_000,
    competitors: [OURS, { ...OURS, name: 'microlith, 1 M old events', oldFacts: 1_000_000 }],
    measure: measureDrain,
  }),
  postOffice({
    name: 'memory',
    about: 'a large backlog in a heap of 256 MB, with 3 subscribers that want all of it and 47 that want one in 1,500',
    events: 1_000_000,
    isLong: true,
    competitors: [{ name: 'microlith, 50 subscribers', contender: 'microlith-crowd', heap: 256 }],
    measure: measureMemory,
  }),
  postOffice({
    name: 'snapshot',
    about: 'the drain, with a snapshot held open since before the orders were placed',
    events: 30_000,
    competitors: [
      OURS,
      { ...OURS, name: 'microlith, snapshot held', meanwhile: holdSnapshot },
      NAIVE_MIKRO_ORM,
      { ...NAIVE_MIKRO_ORM, name: 'naive outbox on MikroORM, snapshot held', meanwhile: holdSnapshot },
    ],
    measure: measureDrain,
  }),
  postOffice({
    name: 'foreign-writer',
    about: 'the latency, with a transaction of somebody else open that has written',
    events: 500,
    competitors: [OURS, { ...OURS, name: 'microlith, foreign writer', meanwhile: keepWriting }],
    measure: measureLatency,
  }),
  ORDER_FLOW,
];
