import type { Guard } from '../guard.ts';

const LANE = 'events/messaging/lanes/lane.ts';
const LANE_PAUSE = 'events/messaging/lanes/lane-pause.ts';
const LANES = 'events/messaging/adapters/postgresql/lanes/lanes.ts';
const PARKED = 'events/messaging/adapters/postgresql/lanes/parked.ts';
const RETRIES = 'events/messaging/parking/parked-retries.ts';
const PARKING = 'events/messaging/parking/parking.ts';
const CONTRACT = 'test/contracts/messaging/postgresql.test.ts';
const LANE_TEST = 'test/database/lanes.test.ts';

/** What is set aside, and how it is tried again. */
export const parking: readonly Guard[] = [
  {
    name: 'attempt-spent-first',
    hazard: 'poison',
    promise: 'an attempt is spent, durably, before it is made',
    edits: [
      {
        file: PARKED,
        snippet: 'const attempt = row.attempts + 1;',
        replacement: 'const attempt = row.attempts + (row.attempts < 2 ? 1 : 0);',
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'a lane on PostgreSQL > has spent an attempt on a parked event before it is tried',
    },
  },
  {
    name: 'exhausted-rests',
    hazard: 'poison',
    promise: 'after its attempts an event rests until somebody acts',
    edits: [
      {
        file: PARKING,
        snippet: 'attempt >= settings.attempts;',
        replacement: 'attempt < 0 && settings !== undefined;',
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'delivery on PostgreSQL > leaves a parked event to an operator after its attempts',
    },
  },
  {
    name: 'failed-batch-narrowed',
    hazard: 'poison',
    promise: 'of a batch that failed only the culprit is set aside',
    edits: [
      {
        file: LANE,
        snippet: `if (takeFewer) this.#nextBatch.failed(events.length, fault === 'event' ? error : undefined);`,
        replacement: 'if (takeFewer) return this.#setAside({ event: events[0]!, error: String(error) });',
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'delivery on PostgreSQL > undoes a failed batch whole, and finds the one that fails',
    },
  },
  {
    name: 'parked-in-the-batch',
    hazard: 'poison',
    promise: 'an event is set aside in the transaction that moves the lane on',
    edits: [
      {
        file: LANES,
        snippet: 'park: (event, because) => unit.sendLast(parkStatement(this.#schema, lane, event, because)),',
        replacement:
          'park: (event, because) => void send(this.#store.pool, parkStatement(this.#schema, lane, event, because)),',
      },
    ],
    noticedBy: { file: LANE_TEST, title: 'a lane > sets an event aside in the transaction that moves it on' },
  },
  {
    name: 'blocked-keys-read',
    hazard: 'poison',
    promise: 'later events of a parked key wait behind it',
    edits: [
      {
        file: PARKING,
        snippet: 'batch.hasParked ? await batch.findBlocked(events) : []',
        replacement: '[] as RecordedEvent[]',
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'delivery on PostgreSQL > sets a failing event aside, holds its key back, and lets the others pass',
    },
  },
  {
    name: 'heads-only',
    hazard: 'poison',
    promise: 'only the oldest parked event of a key is tried',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/lanes/parked-heads.ts',
        snippet: '(${row}.key is null or not exists (',
        replacement: '(true or not exists (',
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'a lane on PostgreSQL > gives nobody an event that waits behind another of its key',
    },
  },
  {
    name: 'retry-holds-its-row',
    hazard: 'twins and zombies',
    promise: 'a parked event is tried by one worker at a time',
    edits: [
      {
        file: PARKED,
        snippet: 'where ${AMONG} order by position for update skip locked`',
        replacement: 'where ${AMONG} order by position`',
      },
    ],
    noticedBy: { file: LANE_TEST, title: 'a lane > has a parked event tried by one worker at a time' },
  },
  {
    name: 'retries-take-turns',
    hazard: 'poison',
    promise: 'a lane goes on with new events however many parked ones are due',
    edits: [
      {
        file: LANE,
        snippet: 'const step = await this.#workSlice();',
        replacement: "const step = retry === 'none' ? await this.#workSlice() : 'worked';",
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title:
        'delivery on PostgreSQL > brings parked events and new ones in turn: however many are parked, the others do not wait for all',
    },
  },
  {
    name: 'followers-end-at-the-tried',
    hazard: 'poison',
    promise: 'of those behind a parked event none goes with it that failed before, or comes after one',
    edits: [
      { file: PARKED, snippet: 'rows.findIndex((row) => !row.may_follow)', replacement: 'rows.findIndex(() => false)' },
    ],
    noticedBy: {
      file: CONTRACT,
      title:
        'a lane on PostgreSQL > gives an event together with those that wait right behind it, as long as none was ever tried',
    },
  },
  {
    name: 'retries-narrowed',
    hazard: 'poison',
    promise: 'of those that were tried together only the culprit is blamed',
    edits: [
      {
        file: RETRIES,
        snippet: 'if (parked.followers.length > 0) return this.#tryFewer(parked);',
        replacement: 'void this.#tryFewer;',
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'delivery on PostgreSQL > finds the one that fails among those that are tried together',
    },
  },
  {
    name: 'hopeless-pauses',
    hazard: 'poison',
    promise: 'a lane of which half of all events fail stops and says so',
    edits: [
      {
        file: LANE_PAUSE,
        snippet: 'if (why) await',
        replacement: 'if (why === null) await',
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'delivery on PostgreSQL > stops by itself when half of all events fail, and says so',
    },
  },
  {
    name: 'resumed-starts-anew',
    hazard: 'poison',
    promise: 'a lane that was resumed is not stopped again for what failed before',
    edits: [
      { file: LANE_PAUSE, snippet: 'if (this.isOn && because === null) this.#failures.forget();', replacement: '' },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'delivery on PostgreSQL > does not stop again at the first failure after it was resumed',
    },
  },
  {
    name: 'late-failure-ignored',
    hazard: 'poison',
    promise: 'an event that was given fresh attempts is not given up for the failure of an earlier one',
    edits: [{ file: PARKED, snippet: '${text} and attempts = $4 and not is_dead', replacement: '${text} and $4 > 0' }],
    noticedBy: {
      file: CONTRACT,
      title:
        'a lane on PostgreSQL > leaves an event alone that was tried again before the failure of an earlier attempt was told',
    },
  },
  {
    name: 'too-much-parked-pauses',
    hazard: 'poison',
    promise: 'a lane on which more keys are parked than may be stops and says so',
    edits: [
      {
        file: LANE_PAUSE,
        snippet: 'failedKeys > settings.mostParkedKeys &&',
        replacement: 'failedKeys > settings.mostParkedKeys * 1e9 + 1e9 &&',
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title:
        'delivery on PostgreSQL > stops by itself when more keys are parked than may be, however many other events succeed',
    },
  },
  {
    name: 'crash-puts-in-doubt',
    hazard: 'poison',
    promise: 'events that end their process count for how much may be parked',
    edits: [
      {
        file: LANE,
        snippet: 'if (hasCrashed) this.#pause.noteFailure();',
        replacement: 'if (hasCrashed) void 0;',
      },
    ],
    noticedBy: {
      file: LANE_TEST,
      title: 'a lane > stops by itself when more events have ended their process than may be parked',
    },
  },
  {
    name: 'failed-retry-puts-in-doubt',
    hazard: 'poison',
    promise: 'events that fail when they are tried again count for how much may be parked',
    edits: [
      {
        file: LANE,
        snippet: `if (retry === 'failed') this.#pause.noteFailedRetry();`,
        replacement: '',
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title:
        'delivery on PostgreSQL > stops by itself when more keys are parked than may be, also where they fail when they are tried again',
    },
  },
  {
    name: 'unknown-puts-nothing-in-doubt',
    hazard: 'old and new code on one database',
    promise: 'what waits for newer code stops no lane, however much it is',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/lanes/lane-roster.ts',
        snippet: 'filter (where p.attempts > 0) as failed_keys',
        replacement: 'as failed_keys',
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title:
        'old and new code on one log on PostgreSQL > old code is not stopped by how much is newer than it, but only by what fails',
    },
  },
  {
    name: 'only-added-to',
    hazard: 'bloat under a held snapshot',
    promise: 'log and ledger are only ever added to',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/lanes/fence.ts',
        snippet: 'insert into ${schema}.ledger (lane_id, from_position, to_position, to_id) values ($1, case',
        replacement:
          'with old as (update ${schema}.ledger set recorded_at = now() where lane_id = $1) insert into ${schema}.ledger (lane_id, from_position, to_position, to_id) values ($1, case',
      },
    ],
    noticedBy: { file: LANE_TEST, title: 'a lane > and the log are only ever added to' },
  },
];
