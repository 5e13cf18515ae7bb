import type { Guard } from '../guard.ts';

const LANE = 'events/messaging/lane.ts';
const PARKING = 'events/messaging/parking.ts';
const RETRIES = 'events/messaging/parked-retries.ts';
const FAILURE = 'events/messaging/failure.ts';
const CONTRACT = 'test/contracts/messaging/postgresql.test.ts';
const LANE_TEST = 'test/database/lanes.test.ts';
const FAILURE_TEST = 'test/contracts/messaging/failure.test.ts';

/** Whose fault a failure is, and what is said of it. */
export const faults: readonly Guard[] = [
  {
    name: 'outage-recognised',
    hazard: 'an outage taken for poison',
    promise: 'an outage is told from an event that fails',
    edits: [
      {
        file: FAILURE,
        snippet: `if (OUTAGE_CODES.test(code) || OUTAGE_MESSAGES.test(cause.message)) return 'outage';`,
        replacement: 'void OUTAGE_CODES; void OUTAGE_MESSAGES;',
      },
    ],
    noticedBy: { file: FAILURE_TEST, title: 'a failure > by a lost connection is a matter of the outage' },
  },
  {
    name: 'outage-parks-nothing',
    hazard: 'an outage taken for poison',
    promise: 'in an outage the lane rests, and nothing is parked',
    edits: [
      {
        file: LANE,
        snippet: `if (fault === 'outage' || events.length === 0)`,
        replacement: 'if (events.length === 0)',
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'delivery on PostgreSQL > takes an outage for nobody’s fault: nothing is parked, and it goes on by itself',
    },
  },
  {
    name: 'conflict-parks-nothing',
    hazard: 'an outage taken for poison',
    promise: 'a lost race is run again, and nothing is parked',
    edits: [
      {
        file: LANE,
        snippet: `if (fault === 'conflict') return { rest: CONFLICT_REST };`,
        replacement: 'void CONFLICT_REST;',
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'delivery on PostgreSQL > takes a lost race for nobody’s fault: it is run again',
    },
  },
  {
    name: 'nul-is-no-outage',
    hazard: 'poison',
    promise: 'text with a NUL byte is the event’s fault, though PostgreSQL answers with a code of connections',
    edits: [{ file: FAILURE, snippet: '08(?!P01)', replacement: '08' }],
    noticedBy: {
      file: FAILURE_TEST,
      title:
        'a failure > by text with a NUL byte, which PostgreSQL answers with a code of connections is a matter of the event',
    },
  },
  {
    name: 'fenced-spends-no-attempt',
    hazard: 'twins and zombies',
    promise: 'a worker whose lane was moved on looks again, and blames no event',
    edits: [{ file: LANE, snippet: `if (fault === 'fenced') return this.#lookAgain();`, replacement: '' }],
    noticedBy: {
      file: LANE_TEST,
      title: 'a lane > that another has moved on spends no attempt, loses nothing, and is no failure',
    },
  },
  {
    name: 'looks-before-blaming',
    hazard: 'twins and zombies',
    promise: 'before an event is blamed the position is read again',
    edits: [
      {
        file: PARKING,
        snippet: `if (!isSame(batch.at, from)) return 'moved'; park(batch, event, error, of);`,
        replacement: 'park(batch, event, error, of);',
      },
    ],
    noticedBy: { file: LANE_TEST, title: 'a lane > that another has moved on blames no event for what failed then' },
  },
  {
    name: 'retry-gives-back',
    hazard: 'an outage taken for poison',
    promise: 'an attempt on a parked event that an outage ended is given back',
    edits: [
      {
        file: RETRIES,
        snippet: `if (faultOf(error) !== 'event') return storage.refund(this.#lane(), parked, settings.retry.first);`,
        replacement: 'void faultOf;',
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'delivery on PostgreSQL > spends no attempt on a parked event when an outage is in its way',
    },
  },
  {
    name: 'pause-grows',
    hazard: 'poison',
    promise: 'the pause before another attempt grows',
    edits: [
      { file: 'events/messaging/back-off.ts', snippet: 'first * 2 ** (attempt - 1)', replacement: 'first * attempt' },
    ],
    noticedBy: {
      file: FAILURE_TEST,
      title: 'the pause after a failure > doubles with every attempt, up to a longest one',
    },
  },
  {
    name: 'pause-by-chance',
    hazard: 'poison',
    promise: 'what failed together does not return together',
    edits: [
      {
        file: 'events/messaging/back-off.ts',
        snippet: 'full / 2 + (full / 2) * random()',
        replacement: 'full + 0 * random()',
      },
    ],
    noticedBy: {
      file: FAILURE_TEST,
      title:
        'the pause after a failure > is left to chance by half, so that what failed together does not return together',
    },
  },
  {
    name: 'error-without-nul',
    hazard: 'poison',
    promise: 'an error is kept whatever bytes are in it',
    edits: [{ file: FAILURE, snippet: `.replaceAll('\\0', '\\u2400')`, replacement: '' }],
    noticedBy: { file: FAILURE_TEST, title: 'a failure > is described so that any table can hold it' },
  },
  {
    name: 'error-shortened',
    hazard: 'poison',
    promise: 'an error is kept however long it is',
    edits: [{ file: FAILURE, snippet: '.slice(0, LONGEST)', replacement: '.slice(0, LONGEST * 9_999)' }],
    noticedBy: { file: LANE_TEST, title: 'a lane > keeps an error that no table could hold, shortened and readable' },
  },
];
