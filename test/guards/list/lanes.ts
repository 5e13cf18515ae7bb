import type { Guard } from '../guard.ts';

const LANES = 'events/messaging/adapters/postgresql/lanes/lanes.ts';
const FENCE = 'events/messaging/adapters/postgresql/lanes/fence.ts';
const TRIALS = 'events/messaging/adapters/postgresql/lanes/trials.ts';
const LANE = 'events/messaging/lanes/lane.ts';
const LANE_BATCH = 'events/messaging/lanes/lane-batch.ts';
const DESK = 'migrations/messaging/desk/0001_create_desk.ts';
const CONTRACT = 'test/contracts/messaging/postgresql.test.ts';
const FAILOVER = 'test/database/failover.test.ts';
const TRANSACTIONS = 'test/database/transactions.test.ts';

const IN_STRIDE = 'a lane > whose batch begins in stride';

/** The ledger, who works a lane, and events that end their process. */
export const lanes: readonly Guard[] = [
  {
    name: 'held-lane-rests',
    hazard: 'two processes get in each other’s way',
    promise: 'who finds a lane held by another leaves it alone for a moment, whatever it wanted there',
    edits: [
      {
        file: LANE,
        snippet: "if (slice || step) return step ?? 'worked';",
        replacement: "if (slice) return 'worked';",
      },
    ],
    noticedBy: {
      file: 'test/simulation/fenced-lane.test.ts',
      title:
        'a lane that another process holds is left alone for a moment, also where it is only to be brought up to date',
    },
  },
  {
    name: 'stride-is-clear',
    hazard: 'twins and zombies',
    promise: 'a batch that has not looked at its lane commits nothing where the lane is not clear',
    edits: [{ file: FENCE, snippet: '(${IS_IN_LOG}) and ${isClear(schema)}', replacement: '$5::text is not null' }],
    noticedBy: { file: TRANSACTIONS, title: `${IN_STRIDE} > is fenced when the lane was paused meanwhile` },
  },
  {
    name: 'stride-on-one-server',
    hazard: 'the log goes back',
    promise: 'a batch that has not looked at its lane commits nothing on another server',
    edits: [{ file: FENCE, snippet: '${SERVER_RUN} = $5', replacement: '$5::text is not null' }],
    noticedBy: {
      file: TRANSACTIONS,
      title: `${IN_STRIDE} > is fenced when another server answers than the one that the lane was clear on`,
    },
  },
  {
    name: 'alone-again',
    hazard: 'poison',
    promise:
      'where transactions of several lanes leave as one and one of them fails, the others are committed without it',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/transactions/departures.ts',
        snippet: 'runPipeline(each.client, each.statements).then(each.resolve, each.reject);',
        replacement: 'each.reject(error);',
      },
    ],
    noticedBy: {
      file: 'test/database/departures.test.ts',
      title: 'where one of them fails each goes alone, and only that one fails',
    },
  },
  {
    name: 'lost-together',
    hazard: 'an outage taken for poison',
    promise: 'transactions that left as one blame nobody for their lost connection, and do not wait for another answer',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/transactions/departures.ts',
        snippet: "else if (faultOf(error) === 'outage') for",
        replacement: 'else if (error === undefined) for',
      },
    ],
    noticedBy: {
      file: 'test/database/departures.test.ts',
      title: 'the loss of their connection is the fault of none of them, whoever’s it was',
    },
  },
  {
    name: 'heavy-alone',
    hazard: 'poison',
    promise: 'a lane whose batches are large or slow holds up no other one',
    edits: [{ file: LANES, snippet: 'return isLight ? this', replacement: 'return isLight !== undefined ? this' }],
    noticedBy: {
      file: TRANSACTIONS,
      title: 'a lane > whose light batch begins in stride > is committed together with that of another lane: false',
    },
  },
  {
    name: 'ledger-predecessor',
    hazard: 'twins and zombies',
    promise: 'a ledger row begins where the newest one ends, as this worker believed',
    edits: [{ file: FENCE, snippet: 'newest where newest.to_position = $2)', replacement: 'newest where $2 = $2)' }],
    noticedBy: {
      file: TRANSACTIONS,
      title: 'a lane > is fenced: a worker that believes in an older position commits nothing',
    },
  },
  {
    name: 'ledger-ends-in-log',
    hazard: 'the log goes back',
    promise: 'a ledger row ends at a row of the log as it is',
    edits: [
      {
        file: FENCE,
        snippet: 'text: advance(schema, IS_IN_LOG)',
        replacement: `text: advance(schema, '$4::uuid is null or true')`,
      },
    ],
    noticedBy: {
      file: TRANSACTIONS,
      title: 'a lane > is fenced when what it had read is not in the log any more',
    },
  },
  {
    name: 'events-of-this-server',
    hazard: 'the log goes back',
    promise: 'what was read from one server is not handled on another, where some of it may be gone',
    edits: [{ file: LANE_BATCH, snippet: `if (batch.server !== server) return 'moved';`, replacement: '' }],
    noticedBy: {
      file: FAILOVER,
      title:
        'after a failover to a standby that lacked the last commits > nothing is handled that is gone, though what was read from the log by all ends with an event that is not',
    },
  },
  {
    name: 'read-anew-when-moved',
    hazard: 'the log goes back',
    promise: 'a lane that finds another server reads anew what it had in hand',
    edits: [
      {
        file: 'events/messaging/lanes/lane-reader.ts',
        snippet: 'this.#of.tap.forget(); this.#own = undefined;',
        replacement: 'this.#own = undefined;',
      },
    ],
    noticedBy: {
      file: 'test/simulation/fenced-lane.test.ts',
      title: 'a lane whose events were read from a server that is gone handles none of them, and has them read anew',
    },
  },
  {
    name: 'lanes-look-at-new-server',
    hazard: 'the log goes back',
    promise:
      'when another server answers every lane looks again where it stands, though there is nothing new to handle',
    edits: [
      {
        file: 'events/messaging/log/log-pump.ts',
        snippet: 'if (this.#server !== server) this.#of.onNewServer();',
        replacement: '',
      },
    ],
    noticedBy: {
      file: FAILOVER,
      title:
        'after a failover to a standby that lacked the last commits > what a lane had handled is handled again if that is gone, though nothing is appended any more',
    },
  },
  {
    name: 'ledger-key',
    hazard: 'twins and zombies',
    promise: 'of two that go on from one place one commits',
    edits: [
      {
        file: DESK,
        snippet: `default clock_timestamp(), primary key (lane_id, from_position)`,
        replacement: 'default clock_timestamp()',
      },
    ],
    noticedBy: { file: TRANSACTIONS, title: 'a lane > is fenced by a twin that was at the same place' },
  },
  {
    name: 'lane-lock',
    hazard: 'twins and zombies',
    promise: 'a lane has one worker at a time',
    edits: [{ file: LANES, snippet: 'pg_try_advisory_xact_lock(l.id) as locked', replacement: 'true as locked' }],
    noticedBy: { file: CONTRACT, title: 'a lane on PostgreSQL > has one worker at a time' },
  },
  {
    name: 'believed-position',
    hazard: 'twins and zombies',
    promise: 'a worker whose lane was moved on hears of it before it handles anything',
    edits: [
      {
        file: LANE_BATCH,
        snippet: `if (!isSame(batch.at, from) || batch.pausedBecause !== null) return 'moved';`,
        replacement: `if (batch.pausedBecause !== null) return 'moved';`,
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'delivery on PostgreSQL > brings an event once, however often it is relayed, by however many relays',
    },
  },
  {
    name: 'trial-start-recorded',
    hazard: 'poison',
    promise:
      'the start of a lone event is recorded before it is handled, so that one which ends the process is found out',
    edits: [
      {
        file: TRIALS,
        snippet: 'from hold where timeout is not null',
        replacement: 'from hold where timeout is null',
      },
    ],
    noticedBy: {
      file: TRANSACTIONS,
      title: 'a lane > holds its start against an event only when the process did not live to see its end',
    },
  },
  {
    name: 'trial-forgiven',
    hazard: 'an outage taken for poison',
    promise: 'a start whose end was seen, good or bad, is not held against its event',
    edits: [
      { file: TRIALS, snippet: 'set starts = greatest(0, starts - 1) where', replacement: 'set starts = starts where' },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'a lane on PostgreSQL > holds nothing against an event whose trial ended, however it ended',
    },
  },
  {
    name: 'trial-owed',
    hazard: 'an outage taken for poison',
    promise: 'a start whose end could not be written, because the connection was gone, is forgiven at the next one',
    edits: [
      {
        file: TRIALS,
        snippet: 'const owed = this.#owed.has(trial) ? 1 : 0;',
        replacement: 'const owed = 0;',
      },
    ],
    noticedBy: {
      file: TRANSACTIONS,
      title: 'a lane > holds its start against an event only when the process did not live to see its end',
    },
  },
  {
    name: 'stopped-trial-ended',
    hazard: 'twins and zombies',
    promise: 'a process that was stopped in a trial does not keep the lane',
    edits: [
      {
        file: TRIALS,
        snippet: `then set_config('idle_session_timeout', $4, false) end`,
        replacement: 'then $4::text end',
      },
    ],
    noticedBy: {
      file: TRANSACTIONS,
      title: 'a lane > is given up in a trial by a process that was stopped: the server ends its session',
    },
  },
  {
    name: 'position-in-the-batch',
    hazard: 'a crash between effect and position',
    promise: 'effects and position are committed in one transaction',
    edits: [
      {
        file: LANES,
        snippet:
          'advanceTo: (to, onRecorded) => unit.sendLast(advanceStatement(this.#schema, lane, at, to, onRecorded)),',
        replacement: 'advanceTo: (to) => void send(this.#store.pool, advanceStatement(this.#schema, lane, at, to)),',
      },
    ],
    noticedBy: { file: 'test/database/lanes.test.ts', title: 'a lane > moves on in the transaction of its effects' },
  },
];
