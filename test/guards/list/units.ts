import type { Guard } from '../guard.ts';

const UNIT = 'events/messaging/units/unit-of-work.ts';
const IDEMPOTENCY = 'events/messaging/units/idempotency.ts';
const STORE = 'events/messaging/adapters/postgresql/store.ts';
const POOL = 'events/messaging/adapters/postgresql/transactions/pool.ts';
const TRANSACTION = 'events/messaging/adapters/postgresql/transactions/transaction.ts';
const POSTGRES_UNIT = 'events/messaging/adapters/postgresql/transactions/unit.ts';
const PIPELINE = 'events/messaging/adapters/postgresql/transactions/pipeline.ts';
const TRANSACTIONS = 'test/database/transactions.test.ts';
const PIPELINES = 'test/database/pipeline.test.ts';
const UNKNOWN = 'test/database/unknown-commit.test.ts';
const CONTRACT = 'test/contracts/messaging/postgresql.test.ts';

/** Commits, connections, nesting, idempotency keys. */
export const units: readonly Guard[] = [
  {
    name: 'units-not-nested',
    hazard: 'half a unit of work is kept',
    promise:
      'a command or a query within another of its context, or a handler, is refused where it would be no part of it',
    edits: [{ file: UNIT, snippet: 'nesting.refuse();', replacement: '' }],
    noticedBy: {
      file: CONTRACT,
      title:
        'a unit of work on PostgreSQL > that is begun within another of its context, and is no part of it, is refused: > a query in a command',
    },
  },
  {
    name: 'commit-answered-by-rollback',
    hazard: 'a phantom commit',
    promise: 'a commit counts only if the server says COMMIT',
    edits: [
      {
        file: TRANSACTION,
        snippet: `if (isOpen && results.at(-1)!.command !== 'COMMIT') throw new CommitRefused();`,
        replacement: '',
      },
    ],
    noticedBy: {
      file: TRANSACTIONS,
      title: 'a commit > is not reported when nothing but the swallowed error was in it',
    },
  },
  {
    name: 'failure-in-pipeline',
    hazard: 'a phantom commit',
    promise: 'a pipeline of which one statement failed is a failure, whatever the others gave',
    edits: [
      {
        file: PIPELINE,
        snippet:
          'override handleError(error: unknown): void { this.callback(this.#statements[this.#answered]?.explain?.(error) ?? error); }',
        replacement: 'override handleError(): void { this.callback(null, this.#results); }',
      },
    ],
    noticedBy: {
      file: PIPELINES,
      title: 'a pipeline > gives the failure of the first that failed, and keeps nothing of the others',
    },
  },
  {
    name: 'one-write-one-transaction',
    hazard: 'half a unit of work is kept',
    promise: 'what leaves in one write without BEGIN is kept whole or not at all',
    edits: [
      {
        file: PIPELINE,
        snippet: 'connection.execute(UNNAMED); } connection.sync();',
        replacement: 'connection.execute(UNNAMED); connection.sync(); }',
      },
    ],
    noticedBy: {
      file: PIPELINES,
      title: 'a unit of work that asked nothing > keeps nothing of what it changed where its last statement fails',
    },
  },
  {
    name: 'announced-after-commit',
    hazard: 'a phantom commit',
    promise: 'nobody in the process hears of facts before their commit has succeeded',
    edits: [
      {
        file: POSTGRES_UNIT,
        snippet: 'let notice: Trailer | undefined;',
        replacement: 'if (drafts.length > 0) this.#of.onAppended(types, false); let notice: Trailer | undefined;',
      },
    ],
    noticedBy: {
      file: TRANSACTIONS,
      title: 'a commit > is not reported when a swallowed error turned it into a rollback',
    },
  },
  {
    name: 'queued-are-no-requests',
    hazard: 'half a unit of work is kept',
    promise: 'requests are handed over whatever else its unit has queued',
    edits: [
      {
        file: POSTGRES_UNIT,
        snippet: 'this.#requests.handOver(results.slice(queued.length));',
        replacement: 'this.#requests.handOver(results);',
      },
    ],
    noticedBy: {
      file: 'test/database/queued-sql.test.ts',
      title: 'a queued statement > leaves alone which requests its unit hands over',
    },
  },
  {
    name: 'failed-unit-rolled-back',
    hazard: 'half a unit of work is kept',
    promise: 'of a unit of work that throws nothing is kept',
    edits: [
      {
        file: STORE,
        snippet: `if (await transaction.rollback()) noteAnswered(error); throw error;`,
        replacement: `await unit.commit(); throw error;`,
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'a unit of work on PostgreSQL > that fails forgets what it saved and what it published',
    },
  },
  {
    name: 'nested-units-join',
    hazard: 'half a unit of work is kept',
    promise: 'a unit of work inside another is part of it',
    edits: [{ file: UNIT, snippet: 'if (outer) return join(outer, work);', replacement: 'void outer; void join;' }],
    noticedBy: { file: CONTRACT, title: 'a unit of work on PostgreSQL > joins the one that is open around it' },
  },
  {
    name: 'rollback-only',
    hazard: 'half a unit of work is kept',
    promise: 'a unit of work whose inner one failed does not commit, though the error was caught',
    edits: [
      { file: UNIT, snippet: 'if (joinable.failure) throw new RollbackOnly(joinable.failure.error);', replacement: '' },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'a unit of work on PostgreSQL > does not commit when the failure of an inner one was swallowed',
    },
  },
  {
    name: 'unit-of-work-ended',
    hazard: 'half a unit of work is kept',
    promise: 'what was not awaited cannot write after its unit of work has ended',
    edits: [
      {
        file: TRANSACTION,
        snippet: `if (this.#state === 'ended') return Promise.reject(new TransactionEnded());`,
        replacement: '',
      },
    ],
    noticedBy: { file: TRANSACTIONS, title: 'a unit of work > that was not awaited cannot write after its end' },
  },
  {
    name: 'all-rows-changed',
    hazard: 'half a unit of work is kept',
    promise: 'a row that somebody else has changed meanwhile is not changed again from what it was',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/transactions/update-rows.ts',
        snippet: 'select 1 / (count(*) = ${count})::int from changed',
        replacement: 'select ${count} from changed',
      },
    ],
    noticedBy: {
      file: 'test/database/flush.test.ts',
      title: 'rows of a flush > with a version > are left alone where somebody else changed one of 3 meanwhile',
    },
  },
  {
    name: 'published-in-its-unit',
    hazard: 'half a unit of work is kept',
    promise: 'a fact that no unit of work carries is refused',
    edits: [
      {
        file: 'events/messaging/units/outbox.ts',
        snippet: 'if (this.#isClosed) throw new PublishedOutsideUnitOfWork(event.type);',
        replacement: '',
      },
    ],
    noticedBy: { file: CONTRACT, title: 'a unit of work on PostgreSQL > cannot publish after it has ended' },
  },
  {
    name: 'no-request-too-late',
    hazard: 'half a unit of work is kept',
    promise: 'a request is made with its unit of work, or refused',
    edits: [
      {
        file: 'events/messaging/units/outbox.ts',
        snippet: 'if (this.#isClosed) throw new PublishedOutsideUnitOfWork(what, done);',
        replacement: '',
      },
    ],
    noticedBy: { file: CONTRACT, title: 'a unit of work on PostgreSQL > cannot request after it has ended' },
  },
  {
    name: 'idempotency-lookup',
    hazard: 'an unknown commit',
    promise: 'a repeat under its idempotency key gets the recorded answer and does nothing',
    edits: [
      {
        file: IDEMPOTENCY,
        snippet: '(await unit.recall(tenantId, idempotency)) as Recorded<Result>',
        replacement: 'void unit as Recorded<Result>',
      },
    ],
    noticedBy: {
      file: 'test/contracts/messaging/in-memory.test.ts',
      title: 'a unit of work in memory > under an idempotency key > runs once, and gives the same answer again',
    },
  },
  {
    name: 'idempotency-other-input',
    hazard: 'an unknown commit',
    promise: 'another input under a used idempotency key is refused',
    edits: [
      {
        file: POSTGRES_UNIT,
        snippet: 'if (row.fingerprint !== fingerprint) throw new IdempotencyKeyReused(operation);',
        replacement: 'void fingerprint; void IdempotencyKeyReused;',
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'a unit of work on PostgreSQL > under an idempotency key > is refused for another input',
    },
  },
  {
    name: 'unknown-stays-unknown',
    hazard: 'an unknown commit',
    promise: 'where the key cannot be recalled either, nobody says that nothing was done',
    edits: [
      { file: IDEMPOTENCY, snippet: `throw faultOf(again) === 'outage' ? error : again;`, replacement: 'throw again;' },
    ],
    noticedBy: {
      file: UNKNOWN,
      title:
        'a commit whose answer was lost > is not said to have done nothing where the database cannot be asked again',
    },
  },
  {
    name: 'idempotency-stored-with-commit',
    hazard: 'an unknown commit',
    promise: 'the answer is recorded in the transaction that it is the answer of',
    edits: [{ file: IDEMPOTENCY, snippet: 'unit.remember(tenantId, idempotency, result);', replacement: '' }],
    noticedBy: {
      file: UNKNOWN,
      title: 'a commit whose answer was lost > is found under its idempotency key, and nothing is done again',
    },
  },
  {
    name: 'idempotency-other-input-after-loss',
    hazard: 'an unknown commit',
    promise: 'a lost answer is not given to another request',
    edits: [
      {
        file: POSTGRES_UNIT,
        snippet: 'if (row.fingerprint !== fingerprint) throw new IdempotencyKeyReused(operation);',
        replacement: 'void fingerprint; void IdempotencyKeyReused;',
      },
    ],
    noticedBy: { file: UNKNOWN, title: 'a commit whose answer was lost > is not taken for that of another request' },
  },
  {
    name: 'idempotency-recalled-after-loss',
    hazard: 'an unknown commit',
    promise: 'who has lost the answer to a commit looks for its result',
    edits: [{ file: IDEMPOTENCY, snippet: 'if (!hasRun || isOfKey(error)) throw error;', replacement: 'throw error;' }],
    noticedBy: {
      file: UNKNOWN,
      title:
        'a commit whose answer was lost > is found by the call that lost it, where the database can be asked again',
    },
  },
  {
    name: 'idempotency-recalled-after-failure',
    hazard: 'an unknown commit',
    promise: 'a twin that fails because of what the other has changed gets the answer of the other',
    edits: [{ file: IDEMPOTENCY, snippet: 'if (!hasRun || isOfKey(error)) throw error;', replacement: 'throw error;' }],
    noticedBy: {
      file: CONTRACT,
      title:
        'a unit of work on PostgreSQL > under an idempotency key > gives the answer of its twin where what the twin has changed makes it fail',
    },
  },
  {
    name: 'idempotency-key-is-inserted',
    hazard: 'an unknown commit',
    promise: 'of twins under one key one is committed, and the other gets its answer',
    edits: [
      {
        file: POSTGRES_UNIT,
        snippet: 'values ($1, $2, $3, $4, $5)`,',
        replacement: 'values ($1, $2, $3, $4, $5) on conflict do nothing`,',
      },
    ],
    noticedBy: {
      file: UNKNOWN,
      title:
        'twins under one idempotency key > are one unit of work: the second waits for the first, and gets its answer',
    },
  },
  {
    name: 'idempotency-key-busy',
    hazard: 'an unknown commit',
    promise: 'a twin of a call whose commit takes long is told that it is still running',
    edits: [
      {
        file: POSTGRES_UNIT,
        snippet: `throw error.code === LOCK_TIMED_OUT ? new IdempotencyKeyBusy(operation) : error;`,
        replacement: 'void IdempotencyKeyBusy; throw error;',
      },
    ],
    noticedBy: {
      file: UNKNOWN,
      title:
        'twins under one idempotency key > are told that the first still runs, where its commit takes longer than one waits for a lock',
    },
  },
  {
    name: 'idempotency-key-is-shared',
    hazard: 'an unknown commit',
    promise: 'a twin that is refused while the first still runs waits for it, and gets its answer',
    edits: [{ file: IDEMPOTENCY, snippet: 'unit.share(tenantId, idempotency);', replacement: 'void idempotency;' }],
    noticedBy: {
      file: UNKNOWN,
      title:
        'twins under one idempotency key > of which the second is refused for what somebody else has changed while the first runs > get one answer',
    },
  },
  {
    name: 'idempotency-key-is-shared-to-the-end',
    hazard: 'an unknown commit',
    promise: 'a command that asks for nothing before its commit shares its key as well',
    edits: [
      {
        file: TRANSACTION,
        snippet: 'const before = [...this.#opening.splice(0), ...changes];',
        replacement: 'const before = changes;',
      },
    ],
    noticedBy: {
      file: UNKNOWN,
      title:
        'twins under one idempotency key > of which the second is refused for what somebody else has changed while the first runs > get one answer also where the first asks for nothing before its commit',
    },
  },
  {
    name: 'idempotency-twin-waits',
    hazard: 'an unknown commit',
    promise: 'twins that have lost a race run again one after the other',
    edits: [{ file: POSTGRES_UNIT, snippet: 'select pg_advisory_xact_lock($1)', replacement: 'select $1::bigint' }],
    noticedBy: {
      file: UNKNOWN,
      title:
        'twins under one idempotency key > run again one after the other where both have lost a race, so that the second need not',
    },
  },
  {
    name: 'unknown-state-destroyed',
    hazard: 'pool death',
    promise: 'a connection that is not idle when it comes back is destroyed, and its place is free again',
    edits: [
      {
        file: POOL,
        snippet: `client.release(client.getTransactionStatus() !== 'I');`,
        replacement: 'client.release();',
      },
    ],
    noticedBy: {
      file: TRANSACTIONS,
      title: 'the pool > destroys a connection that comes back in the middle of a transaction',
    },
  },
  {
    name: 'connection-returned',
    hazard: 'pool death',
    promise: 'a connection comes back whatever became of its work',
    edits: [
      {
        file: POOL,
        snippet: `try { return await work(client); } finally { client.release(client.getTransactionStatus() !== 'I'); }`,
        replacement: `const result = await work(client); client.release(client.getTransactionStatus() !== 'I'); return result;`,
      },
    ],
    noticedBy: {
      file: TRANSACTIONS,
      title: 'the pool > gets every connection back, whatever became of the work on it',
    },
  },
];
