import type { Guard } from '../guard.ts';

const OPERATIONS = 'events/messaging/adapters/postgresql/operations';
const ROSTER = 'events/messaging/adapters/postgresql/lanes/lane-roster.ts';
const SESSION = 'events/messaging/relay/session.ts';
const CONTRACT = 'test/contracts/messaging/postgresql.test.ts';
const ELSEWHERE = 'a subscriber begins elsewhere than it was told to';
const HAZARD = 'a command of an operator loses or repeats something';

const retiring = (title: string) => ({
  file: 'test/database/retiring.test.ts',
  title: `a lane that is retired > ${title}`,
});

const moved = (title: string) => ({
  file: 'test/database/moved-log.test.ts',
  title: `a lane whose place is not in the log any more > ${title}`,
});

/** What operators do by hand breaks no promise. */
export const operations: readonly Guard[] = [
  {
    name: 'retired-lane-found',
    hazard: HAZARD,
    promise: 'code that still has, or has again, the subscriber of a retired lane begins no new one',
    edits: [{ file: ROSTER, snippet: `isInForce(this.#schema, 'l')`, replacement: `'l.retired_at is null'` }],
    noticedBy: retiring('rests where old code comes back, and asks for a person'),
  },
  {
    name: 'closing-row',
    hazard: HAZARD,
    promise: 'nobody moves a lane on that was retired or replaced',
    edits: [
      {
        file: `${OPERATIONS}/lane-succession.ts`,
        snippet: 'while (!(await isClosed(transaction, lane)));',
        replacement: 'void isClosed;',
      },
    ],
    noticedBy: retiring('fences whoever works it without having looked'),
  },
  {
    name: 'parked-carried-over',
    hazard: HAZARD,
    promise: 'what is parked on a lane moves with it',
    edits: [
      {
        file: `${OPERATIONS}/lane-succession.ts`,
        snippet: 'update ${context}.parked set lane_id = $2 where lane_id = $1',
        replacement: 'update ${context}.parked set lane_id = $2 where lane_id = $1 and false',
      },
    ],
    noticedBy: retiring('goes on where it stood when it is resumed, with what is parked on it'),
  },
  {
    name: 'replay-comes-first',
    hazard: HAZARD,
    promise: 'what is parked further on than a replay has come is handled once, after what is older',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/lanes/parked.ts',
        snippet: 'position <= (select to_position from',
        replacement: '-1 <= (select to_position from',
      },
    ],
    noticedBy: {
      file: 'test/database/operations.test.ts',
      title:
        'an operator > who has history handled again > has a parked event that is due tried by itself only where the lane has come to it, after what is older',
    },
  },
  {
    name: 'calls-of-another-log',
    hazard: HAZARD,
    promise: 'a lane that is put into another log makes the calls of what it has not handled there',
    edits: [
      {
        file: `${OPERATIONS}/lost-lane.ts`,
        snippet: `then \${handledThrough(context, 'l')} else newest.to_position end`,
        replacement: `then newest.to_position else newest.to_position end`,
      },
    ],
    noticedBy: moved('makes the calls of what is new, where others stood before, and none of what it had handled'),
  },
  {
    name: 'gone-facts-given-up',
    hazard: HAZARD,
    promise: 'what is parked of facts that are gone does not stand for others that have their places now',
    edits: [
      {
        file: `${OPERATIONS}/replay.ts`,
        snippet: 'if (place.isLost) await giveUpGone(',
        replacement: 'if (false) await giveUpGone(',
      },
    ],
    noticedBy: moved('gives up what is parked of facts that are gone: other facts have their places'),
  },
  {
    name: 'resumed-lane-looks',
    hazard: HAZARD,
    promise: 'a lane that is resumed though its place is gone from the log passes no event over',
    edits: [
      {
        file: 'events/messaging/lanes/lane.ts',
        snippet: `return this.#pause.isOn ? 'idle' : this.#lookAgain();`,
        replacement: `return this.#pause.isOn ? 'idle' : 'worked';`,
      },
    ],
    noticedBy: moved('stops again when it is resumed though its place is still gone'),
  },
  {
    name: 'bare-place-pruned',
    hazard: HAZARD,
    promise: 'a lane that stood where the log once began takes no pruned event for one that was rolled back',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/log/read-behind.ts',
        snippet: 'select $1 >= floor as is_there',
        replacement: 'select $1 >= least(floor, 0) as is_there',
      },
    ],
    noticedBy: moved('that stood where the log once began, behind another, stops when what came next was pruned'),
  },
  {
    name: 'bare-frontier-pruned',
    hazard: HAZARD,
    promise: 'the log is not read from where it once began, as if what was pruned since had been rolled back',
    edits: [
      {
        file: 'events/messaging/log/log.ts',
        snippet: 'return position >= (await source.floor());',
        replacement: 'return position >= 0;',
      },
    ],
    noticedBy: moved('that stood where the log once began, alone, stops when what came next was pruned'),
  },
  {
    name: 'skip-goes-on',
    hazard: HAZARD,
    promise: 'a skip that was cut short and is given again gives up no event that waited behind another',
    edits: [
      {
        file: `${OPERATIONS}/act-on-parked.ts`,
        snippet: `action === 'skip' && filter.eventId === undefined ? operator`,
        replacement: `action === 'skip' && !operator ? operator`,
      },
    ],
    noticedBy: {
      file: 'test/database/operations.test.ts',
      title:
        'an operator > with thousands of parked events > that was cut short and is given again skips no more than it would have at once',
    },
  },
  {
    name: 'needed-kept',
    hazard: HAZARD,
    promise: 'no partition is dropped that a lane has still to handle',
    edits: [
      {
        file: `${OPERATIONS}/prune.ts`,
        snippet: 'if (last >= (await findNeeded(transaction, contexts))) return false;',
        replacement: 'await findNeeded(transaction, contexts);',
      },
    ],
    noticedBy: {
      file: 'test/database/operations.test.ts',
      title:
        'an operator > who prunes > keeps what a lane has not handled, also of a context that the code no longer has',
    },
  },
  {
    name: 'now-is-the-settled-end',
    hazard: ELSEWHERE,
    promise: 'a subscriber that begins now hears nothing of what was there',
    edits: [
      {
        file: SESSION,
        snippet: `if (startAt === 'beginning') return`,
        replacement: `if (startAt === 'beginning' || startAt === 'now') return`,
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'delivery on PostgreSQL > gives a new subscriber the whole history, or what comes from now on',
    },
  },
  {
    name: 'position-is-heard',
    hazard: ELSEWHERE,
    promise: 'a subscriber that begins at a position hears what stands there, and nothing before it',
    edits: [
      {
        file: SESSION,
        snippet: 'source.lastBefore(startAt.position)',
        replacement: 'source.lastBefore(startAt.position + 1)',
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'delivery on PostgreSQL > gives a new subscriber what stands at a position, and what comes after it',
    },
  },
  {
    name: 'not-beyond-the-end',
    hazard: ELSEWHERE,
    promise: 'a lane never begins beyond what is settled',
    edits: [
      {
        file: SESSION,
        snippet: 'startAt.position > end.position ? end',
        replacement: 'startAt.position > 1_000_000 ? end',
      },
      {
        file: 'events/messaging/adapters/postgresql/log/last-before.ts',
        snippet: 'return { position: rows[0]!.position, eventId: rows[0]!.id };',
        replacement: 'return { position: position - 1, eventId: null };',
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'delivery on PostgreSQL > begins at the end of a log that does not reach to where a subscriber begins',
    },
  },
  {
    name: 'replay-is-planned',
    hazard: ELSEWHERE,
    promise: 'a dry run of a replay does nothing',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/operations/operations.ts',
        snippet:
          'planReplay: async (subscriber, start, onlooker) => planReplay(pool, known(subscriber), start, onlooker)',
        replacement: `planReplay: async (subscriber, start, onlooker) => startReplay(pool, known(subscriber), { start, makesCalls: false, operator: { actor: 'a', reason: 'b' } }, onlooker)`,
      },
    ],
    noticedBy: {
      file: 'test/database/operations.test.ts',
      title: 'an operator > who has history handled again > hears first how much that is, and nothing is done',
    },
  },
];
