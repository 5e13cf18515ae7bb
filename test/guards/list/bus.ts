import type { Guard } from '../guard.ts';

const BUS = 'events/messaging/adapters/eventemitter2-bus.ts';
const ANNOUNCER = 'events/messaging/log/announcer.ts';
const MEMBERSHIP = 'events/messaging/relay/membership.ts';
const MEMBERSHIP_TEST = 'test/contracts/messaging/membership.test.ts';
const PROCESSES = 'test/contracts/messaging/processes.test.ts';
const BUS_TEST = 'test/contracts/messaging/bus.test.ts';
const EVERYBODY =
  'the bus > brings an event to everybody who wants its type, though one of them throws and another rejects';

/** The live wire within a process, and what processes tell each other. */
export const bus: readonly Guard[] = [
  {
    name: 'thrown-apart',
    hazard: 'one listener of the bus hurts another',
    promise: 'a listener that throws keeps nothing from the others',
    edits: [
      {
        file: BUS,
        snippet: 'try { listener(event)?.catch(reportError); } catch (error) { reportError(error); }',
        replacement: 'listener(event)?.catch(reportError);',
      },
    ],
    noticedBy: { file: BUS_TEST, title: EVERYBODY },
  },
  {
    name: 'observer-decides-nothing',
    hazard: 'one listener of the bus hurts another',
    promise: 'an observer that throws has nothing handled twice, and ends no delivery',
    edits: [
      {
        file: 'events/messaging/relay/relay.ts',
        snippet: 'unfailing(dependencies.observer ?? {})',
        replacement: '[dependencies.observer ?? {}, unfailing][0] as object',
      },
    ],
    noticedBy: {
      file: 'test/contracts/messaging/postgresql.test.ts',
      title: 'delivery on PostgreSQL > is handled once, whatever an observer throws',
    },
  },
  {
    name: 'rejected-apart',
    hazard: 'one listener of the bus hurts another',
    promise: 'a listener that rejects is reported, and ends no process',
    edits: [
      {
        file: BUS,
        snippet: 'listener(event)?.catch(reportError);',
        replacement: 'listener(event)?.catch(() => undefined);',
      },
    ],
    noticedBy: { file: BUS_TEST, title: EVERYBODY },
  },
  {
    name: 'closed-event-map',
    hazard: 'one listener of the bus hurts another',
    promise: 'the bus knows the published types only, so no name can reach a prototype',
    edits: [{ file: BUS, snippet: 'wanted.forEach(assertPublished);', replacement: 'void assertPublished;' }],
    noticedBy: { file: BUS_TEST, title: 'the bus > knows the published types only, and no wildcards' },
  },
  {
    name: 'no-notify-in-transactions',
    hazard: 'the commit lock of NOTIFY',
    promise: 'no transaction that appends contains a NOTIFY',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/transactions/unit.ts',
        snippet: 'const facts = drafts.length > 0 ? [appendStatement(drafts)] : [];',
        replacement:
          'const facts = drafts.length > 0 ? [appendStatement(drafts), { text: `notify microlith_appended`, values: [] }] : [];',
      },
    ],
    noticedBy: {
      file: 'test/database/log.test.ts',
      title: 'the log > is appended to without a NOTIFY in the transaction',
    },
  },
  {
    name: 'notify-later',
    hazard: 'the commit lock of NOTIFY',
    promise: 'other processes are told apart from the commits, once for many',
    edits: [
      {
        file: ANNOUNCER,
        snippet: 'if (this.#untold.size > 0 && !this.#isResting) void',
        replacement: 'if (this.#untold.size > 0) void',
      },
    ],
    noticedBy: {
      file: PROCESSES,
      title:
        'the announcement of what was appended > is made at once, and once for many commits that come shortly after',
    },
  },
  {
    name: 'unheard-is-found',
    hazard: 'the commit lock of NOTIFY',
    promise: 'what no notice told of is found by a look at how far positions are drawn',
    edits: [
      {
        file: 'events/messaging/relay/session.ts',
        snippet: 'if (position > this.frontier.position) this.#pump.wake();',
        replacement: '',
      },
    ],
    noticedBy: {
      file: 'test/contracts/messaging/relay.test.ts',
      title:
        'a relay > that is told which types were appended > looks all the same when positions are drawn beyond what it knows to be settled',
    },
  },
  {
    name: 'one-owner',
    hazard: 'two processes get in each other’s way',
    promise: 'all processes agree which of them works a lane',
    edits: [
      {
        file: MEMBERSHIP,
        snippet: 'return owner === this.self',
        replacement: `return owner !== ''`,
      },
    ],
    noticedBy: {
      file: MEMBERSHIP_TEST,
      title: 'every lane has exactly one process, and no process has two lanes more than another',
    },
  },
  {
    name: 'few-lanes-move',
    hazard: 'two processes get in each other’s way',
    promise: 'when a process goes few lanes but its own move',
    edits: [
      {
        file: MEMBERSHIP,
        snippet: '[member, hashOf(`${member}/${lane}`)]',
        replacement: '[member, hashOf(`${member}/${lane}/${members.length}`)]',
      },
    ],
    noticedBy: {
      file: MEMBERSHIP_TEST,
      title: 'when a process goes, most lanes of the others stay where they are',
    },
  },
  {
    name: 'steps-in',
    hazard: 'two processes get in each other’s way',
    promise: 'a lane that its process leaves standing with work to do is taken over',
    edits: [
      {
        file: 'events/messaging/lanes/turn.ts',
        snippet: 'this.#hasSteppedIn = now - this.#waitingSince >= this.#stepInAfter;',
        replacement: 'this.#hasSteppedIn = false;',
      },
    ],
    noticedBy: { file: PROCESSES, title: 'a turn > is taken from a process that has left its lane with work to do' },
  },
  {
    name: 'silent-relay-gone',
    hazard: 'two processes get in each other’s way',
    promise: 'a relay that says nothing any more counts as gone',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/relay/members.ts',
        snippet: `set_config('idle_session_timeout', $3, false)`,
        replacement: '$3::text',
      },
    ],
    noticedBy: {
      file: 'test/database/log.test.ts',
      title: 'the log > knows who reads it, for as long as they say something',
    },
  },
  {
    name: 'lane-has-come',
    hazard: 'two processes get in each other’s way',
    promise: 'a process hears that a lane has become its own, and looks at what is parked on it',
    edits: [
      {
        file: 'events/messaging/lanes/turn.ts',
        snippet: 'return this.#wasOurs && !was;',
        replacement: 'return was && !was;',
      },
    ],
    noticedBy: { file: PROCESSES, title: 'a turn > is told of once when it comes' },
  },
  {
    name: 'notice-that-left',
    hazard: 'two processes get in each other’s way',
    promise: 'no notice is waited for that never left, with a statement that could not be written',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/transactions/pipeline.ts',
        snippet: 'const pipeline = new Pipeline(statements, client, connection); const trailer = trailing?.();',
        replacement: 'const trailer = trailing?.(); const pipeline = new Pipeline(statements, client, connection);',
      },
    ],
    noticedBy: {
      file: 'test/database/pipeline.test.ts',
      title: 'a pipeline > is not asked what is to leave behind it, where it cannot leave itself',
    },
  },
  {
    name: 'leaves-turn-alone',
    hazard: 'two processes get in each other’s way',
    promise: 'a lane is left to its process',
    edits: [
      {
        file: 'events/messaging/lanes/turn.ts',
        snippet: 'if (this.isOurs) {',
        replacement: 'if (this.#stepInAfter > 0) {',
      },
    ],
    noticedBy: { file: PROCESSES, title: 'a turn > is left to the process whose lane it is' },
  },
  {
    name: 'others-lanes-are-not-read',
    hazard: 'two processes get in each other’s way',
    promise: 'a lane of another process is not read',
    edits: [
      {
        file: 'events/messaging/lanes/lane.ts',
        snippet: 'if (this.#reader.hasMoreAfter(this.#place.seen) && !this.#turn.mayWork()) return this.#leave();',
        replacement: '',
      },
    ],
    noticedBy: {
      file: 'test/simulation/fenced-lane.test.ts',
      title: 'a lane of another process is not read, however much there is for it',
    },
  },
  {
    name: 'left-is-read-again',
    hazard: 'two processes get in each other’s way',
    promise: 'a lane that has left events to others misses none of them when it comes back',
    edits: [
      {
        file: 'events/messaging/log/feed.ts',
        snippet: 'if (tap.hasLeft) tap.since = this.#frontier.position;',
        replacement: '',
      },
    ],
    noticedBy: {
      file: 'test/contracts/messaging/feed.test.ts',
      title:
        'no page is kept for a lane that leaves to others what there is, and it reads that itself once it asks again',
    },
  },
];
