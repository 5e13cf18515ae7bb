import type { Guard } from '../guard.ts';

const LANE_BATCH = 'events/messaging/lanes/lane-batch.ts';
const TRIALS = 'events/messaging/adapters/postgresql/lanes/trials.ts';
const RETRIES = 'events/messaging/parking/parked-retries.ts';
const HANDLING = 'events/messaging/lanes/handling.ts';
const CONTRACT = 'test/contracts/messaging/postgresql.test.ts';
const LANE_TEST = 'test/database/lanes.test.ts';

const ALONE = 'delivery on PostgreSQL > begins with some events alone, each on record, also when a lane is taken over';
const RESTS = 'delivery on PostgreSQL > lets an event that hangs, or ends its process, rest longer than one that fails';

/** Events that hang, block or end the process that handles them. */
export const crashes: readonly Guard[] = [
  {
    name: 'trial-crash-parks',
    hazard: 'poison',
    promise: 'an event whose process did not live to see its end is set aside without another try',
    edits: [
      { file: LANE_BATCH, snippet: 'if (batch.earlierStarts > 0) {', replacement: 'if (batch.earlierStarts > 99) {' },
    ],
    noticedBy: {
      file: LANE_TEST,
      title: 'a lane > sets an event aside that ended the process which handled it, without trying it again',
    },
  },
  {
    name: 'blocked-loop-ends',
    hazard: 'poison',
    promise: 'a handler that blocks the loop ends the process, which notes the event',
    edits: [
      {
        file: 'app/watchdog/thread.ts',
        snippet: 'await Promise.race([sleep(NOTING), noteSuspects(database, suspects).catch(() => undefined)]);',
        replacement: 'await sleep(1); void NOTING; void noteSuspects;',
      },
    ],
    noticedBy: {
      file: 'test/app/watchdog.test.ts',
      title: 'a process whose loop is blocked ends, says by whom, and notes the event',
    },
  },
  {
    name: 'lone-suspect-parked',
    hazard: 'poison',
    promise: 'an event that alone was being handled when the process had to end is set aside at the next try',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/lanes/suspects.ts',
        snippet: '[subscriber, eventId, isCertain ? 1 : 0],',
        replacement: '[subscriber, eventId, 0],',
      },
    ],
    noticedBy: {
      file: 'test/app/watchdog.test.ts',
      title: 'an event that was noted alone is parked at the next try, and nothing else is',
    },
  },
  {
    name: 'blocked-again-dies',
    hazard: 'poison',
    promise: 'a parked event that blocks the loop again when it is retried ends no third process',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/lanes/suspects.ts',
        snippet: 'set is_dead = is_dead or $3,',
        replacement: 'set is_dead = is_dead and $3,',
      },
    ],
    noticedBy: {
      file: 'test/app/watchdog.test.ts',
      title: 'an event that is noted again when it is retried is dead: it ends no third process',
    },
  },
  {
    name: 'many-suspects-tried',
    hazard: 'poison',
    promise: 'of several events that were being handled when the process had to end none is blamed without a try',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/lanes/suspects.ts',
        snippet: 'const isCertain = suspects.length === 1;',
        replacement: 'const isCertain = suspects.length > 0;',
      },
    ],
    noticedBy: {
      file: 'test/app/watchdog.test.ts',
      title: 'of several that were noted together none is parked without a try of its own',
    },
  },
  {
    name: 'alone-at-first',
    hazard: 'poison',
    promise:
      'after a start some events go alone, on record: one of them may have ended the process that was there before',
    edits: [
      {
        file: 'events/messaging/lanes/next-batch.ts',
        snippet: 'const ALONE_AT_FIRST = 8;',
        replacement: 'const ALONE_AT_FIRST = 1;',
      },
    ],
    noticedBy: { file: 'test/contracts/messaging/postgresql.test.ts', title: ALONE },
  },
  {
    name: 'taken-over-alone',
    hazard: 'poison',
    promise: 'who takes a lane over begins as after a start',
    edits: [
      {
        file: 'events/messaging/lanes/lane.ts',
        snippet: 'this.#retries.lookNow(); this.#nextBatch.startOver();',
        replacement: 'this.#retries.lookNow();',
      },
    ],
    noticedBy: { file: 'test/contracts/messaging/postgresql.test.ts', title: ALONE },
  },
  {
    name: 'ended-rests-longer',
    hazard: 'poison',
    promise: 'an event that ends the process at every attempt rests longer than one that fails',
    edits: [
      {
        file: RETRIES,
        snippet: "restAfter(attempt, 'hung or crashed', this.#of)",
        replacement: "restAfter(attempt, 'failed', this.#of)",
      },
    ],
    noticedBy: { file: 'test/contracts/messaging/postgresql.test.ts', title: RESTS },
  },
  {
    name: 'slow-rests-longer',
    hazard: 'poison',
    promise: 'an event whose handler hangs holds its lane ever more seldom',
    edits: [
      {
        file: RETRIES,
        snippet: "cause instanceof HandlerTimedOut ? 'hung or crashed' : 'failed'",
        replacement: "cause instanceof HandlerTimedOut ? 'failed' : 'failed'",
      },
    ],
    noticedBy: { file: CONTRACT, title: RESTS },
  },
  {
    name: 'crashing-retry-dies',
    hazard: 'poison',
    promise: 'a parked event that ends the process at every attempt rests for an operator',
    edits: [
      {
        file: RETRIES,
        snippet: 'if (parked.attempt > this.#of.settings.attempts) return this.#record(parked, ENDED_WHILE_HANDLED);',
        replacement: 'void ENDED_WHILE_HANDLED;',
      },
    ],
    noticedBy: {
      file: LANE_TEST,
      title: 'a lane > leaves an event to an operator that ends the process at every attempt',
    },
  },
  {
    name: 'trial-lock',
    hazard: 'twins and zombies',
    promise: 'no twin takes the trial of another for one that ended its process',
    edits: [
      {
        file: TRIALS,
        snippet: 'case when pg_try_advisory_lock($1) then',
        replacement: 'case when pg_try_advisory_lock($1) is not null then',
      },
    ],
    noticedBy: {
      file: LANE_TEST,
      title: 'a lane > does not take the trial of a twin for one that ended its process',
    },
  },
  {
    name: 'handler-time',
    hazard: 'poison',
    promise: 'a handler that hangs is given up',
    edits: [
      { file: HANDLING, snippet: 'await Promise.race([handling, watch.expired]);', replacement: 'await handling;' },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'delivery on PostgreSQL > gives up an event whose handler hangs, and lets the others pass',
    },
  },
];
