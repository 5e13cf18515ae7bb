import type { Guard } from '../guard.ts';

const SCHEDULE = 'events/messaging/adapters/postgresql/relay/schedule.ts';
const LEASES = 'events/messaging/adapters/postgresql/requests/leases.ts';
const CONTRACT = 'test/contracts/messaging/postgresql.test.ts';
const LEASES_TEST = 'test/database/leases.test.ts';
const HAZARD = 'a call to the outside is repeated, or stops a lane';

/** Facts with a due time, and requests whose process is gone. */
export const due: readonly Guard[] = [
  {
    name: 'leases-of-the-gone',
    hazard: 'two processes get in each other’s way',
    promise: 'what a process that is gone had leased is performed by another',
    edits: [
      { file: LEASES, snippet: 'set due_at = now(), leased_by = null', replacement: 'set leased_by = leased_by' },
    ],
    noticedBy: {
      file: LEASES_TEST,
      title: 'a request that one process has leased > is performed by another when the first has been gone for a while',
    },
  },
  {
    name: 'leases-of-the-living',
    hazard: HAZARD,
    promise: 'what a living process has leased is left to it',
    edits: [{ file: LEASES, snippet: 'and leased_by <> all($1)', replacement: 'and $1::text[] is not null' }],
    noticedBy: {
      file: LEASES_TEST,
      title: 'a request that one process has leased > stays the first one’s for as long as that is there',
    },
  },
  {
    name: 'due-by-database-time',
    hazard: 'a fact comes before its time',
    promise: 'the clock of the database says what is due',
    edits: [
      {
        file: SCHEDULE,
        snippet: 'where due_at <= now()',
        replacement: `where due_at <= '\${new Date().toISOString()}'`,
      },
    ],
    noticedBy: {
      file: 'test/database/schedule.test.ts',
      title: 'a fact is due by the time of the database, though the clock of this process is far ahead',
    },
  },
  {
    name: 'due-once',
    hazard: 'a fact comes before its time',
    promise: 'a due fact is published once',
    edits: [
      {
        file: SCHEDULE,
        snippet: 'delete from ${table} s using due',
        replacement: 'update ${table} s set due_at = s.due_at from due',
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'a fact with a due time on PostgreSQL > is published once it is due, and once only',
    },
  },
  {
    name: 'due-work-apart',
    hazard: 'a fact comes before its time',
    promise: 'what is due in one context does not wait for what fails in another',
    edits: [
      {
        file: 'events/messaging/relay/due-work.ts',
        snippet: 'await work().catch((error: unknown) => this.#of.reportError(error));',
        replacement: 'await work();',
      },
    ],
    noticedBy: {
      file: 'test/contracts/messaging/due-work.test.ts',
      title: 'what is due in one context is done, though all that is due in another fails',
    },
  },
];
