import type { Guard } from '../guard.ts';

const FAULT = 'events/messaging/lanes/fault.ts';
const LANE = 'events/messaging/lanes/lane.ts';
const SETBACKS = 'events/messaging/lanes/setbacks.ts';
const EXCUSES = 'events/messaging/lanes/excuses.ts';
const PARKING = 'events/messaging/parking/parking.ts';
const RETRIES = 'events/messaging/parking/parked-retries.ts';
const FAILURE = 'events/messaging/lanes/failure.ts';
const STORE = 'events/messaging/adapters/postgresql/store.ts';
const PARKED = 'events/messaging/adapters/postgresql/lanes/parked.ts';
const CONTRACT = 'test/contracts/messaging/postgresql.test.ts';
const LANE_TEST = 'test/database/lanes.test.ts';
const FAILURE_TEST = 'test/contracts/messaging/failure.test.ts';
const SETBACKS_TEST = 'test/contracts/messaging/setbacks.test.ts';
const OUTAGES_TEST = 'test/database/outages.test.ts';

const SERVICE_IS_AWAY =
  'sets an event aside when a service is not there: the database answers, so that is no outage of its';
const ATTEMPTS_COME_BACK =
  'a lane that its database fails > spends no attempt on a parked event, though it can give it back only when the database is there again';

/** Whose fault a failure is, and what is said of it. */
export const faults: readonly Guard[] = [
  {
    name: 'causes-end',
    hazard: 'poison',
    promise: 'errors that name each other as their cause stop nobody',
    edits: [{ file: FAILURE, snippet: '&& !seen.has(cause)', replacement: '' }],
    noticedBy: { file: FAILURE_TEST, title: 'a failure > whose causes go round in a circle is judged all the same' },
  },
  {
    name: 'outage-recognised',
    hazard: 'an outage taken for poison',
    promise: 'an outage is told from an event that fails',
    edits: [
      {
        file: FAULT,
        snippet: `return isOutage(error) ? 'outage' : undefined;`,
        replacement: 'void isOutage; return undefined;',
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
        file: SETBACKS,
        snippet: 'if (this.#excuses.take(event.id, error)) return { rest: this.#restAfter(fault) };',
        replacement: `if (fault === 'conflict') return { rest: this.#restAfter(fault) };`,
      },
    ],
    noticedBy: {
      file: OUTAGES_TEST,
      title:
        'a lane that its database fails > blames no event for connections that are lost under it, and goes on by itself',
    },
  },
  {
    name: 'conflict-parks-nothing',
    hazard: 'an outage taken for poison',
    promise: 'a lost race is run again, and nothing is parked',
    edits: [
      {
        file: SETBACKS,
        snippet: 'if (this.#excuses.take(event.id, error)) return { rest: this.#restAfter(fault) };',
        replacement: `if (fault === 'outage') return { rest: this.#restAfter(fault) };`,
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'delivery on PostgreSQL > takes a lost race for nobody’s fault: it is run again',
    },
  },
  {
    name: 'setbacks-rest-longer',
    hazard: 'an outage taken for poison',
    promise: 'a lane that goes on losing races, or its database, rests longer every time',
    edits: [
      {
        file: SETBACKS,
        snippet: 'return pauseAfter(this.#inARow, fault',
        replacement: 'return pauseAfter(1, fault',
      },
    ],
    noticedBy: { file: SETBACKS_TEST, title: 'a lane > rests longer after every race that it loses in a row' },
  },
  {
    name: 'unopened-blames-nobody',
    hazard: 'an outage taken for poison',
    promise: 'no event is blamed where its transaction could not be opened, whatever the server said',
    edits: [
      {
        file: FAULT,
        snippet: 'throw isOpen || isSaid ? error : new NotOpened(error);',
        replacement: 'void isOpen; void isSaid; throw error;',
      },
    ],
    noticedBy: {
      file: OUTAGES_TEST,
      title: 'a lane that its database fails > blames no event while nobody is let in, whatever the server says of it',
    },
  },
  {
    name: 'full-disk-blames-nobody',
    hazard: 'an outage taken for poison',
    promise: 'no event is blamed for a full disk, however long it is full',
    edits: [{ file: EXCUSES, snippet: 'if (!mayBeBroughtAbout(error)) return true;', replacement: '' }],
    noticedBy: { file: SETBACKS_TEST, title: 'a lane > never blames an event when the disk is full' },
  },
  {
    name: 'late-answer-is-outage',
    hazard: 'an outage taken for poison',
    promise: 'an answer that comes too late is an outage, though it comes',
    edits: [{ file: FAULT, snippet: 'NO_ANSWER_YET.test(error.message) ||', replacement: '' }],
    noticedBy: {
      file: FAILURE_TEST,
      title: 'a failure > by an answer that came too late is an outage, though the connection answers',
    },
  },
  {
    name: 'owed-attempt-given-back',
    hazard: 'an outage taken for poison',
    promise: 'an attempt that could not be given back in an outage is given back after it',
    edits: [{ file: RETRIES, snippet: 'this.#owed = [...this.#owed, parked];', replacement: '' }],
    noticedBy: { file: OUTAGES_TEST, title: ATTEMPTS_COME_BACK },
  },
  {
    name: 'given-back-once',
    hazard: 'poison',
    promise: 'an attempt is given back once, so that an event that fails is not tried for ever',
    edits: [{ file: PARKED, snippet: '${text} and attempts = $4 and not is_dead', replacement: '${text} and $4 > 0' }],
    noticedBy: {
      file: CONTRACT,
      title: 'a lane on PostgreSQL > gives an attempt back once, however often it is told to',
    },
  },
  {
    name: 'database-answers',
    hazard: 'poison taken for an outage',
    promise: 'a connection that a handler lost is no outage when that of its transaction answers',
    edits: [
      {
        file: STORE,
        snippet: 'if (await transaction.rollback()) noteAnswered(error);',
        replacement: 'await transaction.rollback(); void noteAnswered;',
      },
    ],
    noticedBy: { file: CONTRACT, title: `delivery on PostgreSQL > ${SERVICE_IS_AWAY}` },
  },
  {
    name: 'memory-answers',
    hazard: 'poison taken for an outage',
    promise: 'without a database nothing is an outage of it',
    edits: [
      {
        file: 'events/messaging/adapters/in-memory/store.ts',
        snippet: 'noteAnswered(error); throw error;',
        replacement: 'throw error; void noteAnswered;',
      },
    ],
    noticedBy: {
      file: 'test/contracts/messaging/in-memory.test.ts',
      title: `delivery in memory > ${SERVICE_IS_AWAY}`,
    },
  },
  {
    name: 'cancelled-statement-is-the-events',
    hazard: 'poison taken for an outage',
    promise: 'a statement that takes too long is the event’s fault',
    edits: [{ file: FAULT, snippet: '|25P03|', replacement: '|25P03|57014|' }],
    noticedBy: { file: FAILURE_TEST, title: 'a failure > by a statement that was cancelled is a matter of the event' },
  },
  {
    name: 'excuses-run-out',
    hazard: 'poison taken for an outage',
    promise: 'an event that always loses its race, or its connection, is set aside in the end',
    edits: [{ file: EXCUSES, snippet: 'return spent < EXCUSES;', replacement: 'return spent > 0;' }],
    noticedBy: {
      file: CONTRACT,
      title: 'delivery on PostgreSQL > sets an event aside that loses its race 20 times in a row',
    },
  },
  {
    name: 'excuses-of-retries-run-out',
    hazard: 'poison taken for an outage',
    promise: 'a parked event that always loses its race is left to an operator in the end',
    edits: [
      {
        file: RETRIES,
        snippet: `if (faultOf(error) !== 'event' && this.#excuses.take(parked.event.id, error))`,
        replacement: `if (faultOf(error) !== 'event')`,
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'delivery on PostgreSQL > spends attempts on a parked event that goes on losing its race',
    },
  },
  {
    name: 'nul-is-no-outage',
    hazard: 'poison',
    promise: 'text with a NUL byte is the event’s fault, though PostgreSQL answers with a code of connections',
    edits: [{ file: FAULT, snippet: '08(?!P01)', replacement: '08' }],
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
    edits: [{ file: LANE, snippet: `if (found === 'fenced') return this.#lookAgain();`, replacement: '' }],
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
        snippet: `if (faultOf(error) !== 'event' && this.#excuses.take(parked.event.id, error)) return this.#giveBack(parked);`,
        replacement: 'void faultOf;',
      },
    ],
    noticedBy: { file: OUTAGES_TEST, title: ATTEMPTS_COME_BACK },
  },
  {
    name: 'pause-grows',
    hazard: 'poison',
    promise: 'the pause before another attempt grows',
    edits: [
      {
        file: 'events/messaging/lanes/back-off.ts',
        snippet: 'first * 2 ** (attempt - 1)',
        replacement: 'first * attempt',
      },
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
        file: 'events/messaging/lanes/back-off.ts',
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
