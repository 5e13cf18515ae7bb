import type pg from 'pg';
import { type ChangeKind, LastChanges } from './row-changes.ts';
import type { Row } from './row-columns.ts';
import { send, type Statement } from './statement.ts';

/** COMMIT was answered with ROLLBACK: a statement had failed and its error was swallowed. Nothing was stored. */
export class CommitRefused extends Error {
  constructor() {
    super('the transaction had failed before its commit, and an error was swallowed on the way; nothing was stored');
    this.name = 'CommitRefused';
  }
}

/** The unit of work has ended; whoever still uses it was not awaited. */
export class TransactionEnded extends Error {
  constructor() {
    super('the unit of work has ended; await everything that is begun in it');
    this.name = 'TransactionEnded';
  }
}

/** A statement that is sent together with COMMIT. `explain` turns its failure into what it means. */
export interface FinalStatement extends Statement {
  readonly explain?: (error: unknown) => unknown;
  /** Hears its answer, which counts when COMMIT has been answered. */
  readonly heed?: (result: pg.QueryResult) => void;
}

/**
 * One transaction on one connection, in as few round trips as it can be: BEGIN travels with the first statement, and the
 * last statements travel with COMMIT.
 */
export class Transaction {
  readonly #client: pg.PoolClient;
  #state: 'unbegun' | 'open' | 'ended' = 'unbegun';
  #hasBegun = false;
  /** Nobody asks any more before COMMIT: what is changed now can go out with it. */
  #isClosing = false;
  readonly #lastChanges = new LastChanges();

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  async query<Row extends pg.QueryResultRow>(statement: Statement): Promise<pg.QueryResult<Row>> {
    return this.#answered(() => send<Row>(this.#client, statement));
  }

  /** Several statements in one write, each with a snapshot of its own. */
  async queryAll(statements: readonly Statement[]): Promise<pg.QueryResult[]> {
    return this.#answered(() => allOrFirstFailure(statements.map((statement) => send(this.#client, statement))));
  }

  /** A statement as MikroORM has made it. */
  async queryText(query: string | pg.QueryConfig): Promise<pg.QueryResult> {
    return this.#answered(() => this.#client.query(query));
  }

  /** Changes rows, of which nothing comes back. The last changes go out, and are answered, with COMMIT; others at once. */
  async change(kind: ChangeKind, rows: readonly Row[]): Promise<void> {
    if (this.#isClosing) this.#lastChanges.add(kind, rows);
    else await this.#answered(() => this.#sendFinal(kind.statementFor(rows)));
  }

  /** Makes the last changes, after which nothing but COMMIT follows. */
  async close(change: () => Promise<void>): Promise<void> {
    this.#isClosing = true;
    await change();
  }

  /**
   * Sends the last statements and COMMIT in one write; returns what the statements gave.
   * @throws {CommitRefused} unless the server itself says that it committed
   */
  async commit(last: readonly FinalStatement[]): Promise<readonly pg.QueryResult[]> {
    const isIdle = last.length === 0 && this.#lastChanges.areNone && this.#state === 'unbegun';
    if (isIdle) {
      this.#state = 'ended';
      return [];
    }
    const committing = this.#answered(() =>
      allOrFirstFailure([...last.map((statement) => this.#sendFinal(statement)), this.#client.query('commit')]),
    );
    this.#state = 'ended';
    const results = await committing;
    if (results.at(-1)!.command !== 'COMMIT') throw new CommitRefused();
    return results.slice(0, -1);
  }

  /** Undoes everything; false where the connection is lost, which undoes everything as well. Never rejects. */
  async rollback(): Promise<boolean> {
    this.#state = 'ended';
    if (!this.#hasBegun && this.#client.getTransactionStatus() === 'I') return true;
    return this.#client.query('rollback').then(
      () => true,
      () => false,
    );
  }

  async #sendFinal(statement: FinalStatement): Promise<pg.QueryResult> {
    try {
      const result = await send(this.#client, statement);
      statement.heed?.(result);
      return result;
    } catch (error) {
      throw statement.explain?.(error) ?? error;
    }
  }

  async #begun<Result>(run: () => Promise<Result>): Promise<Result> {
    if (this.#state === 'ended') throw new TransactionEnded();
    if (this.#state === 'open') return run();
    this.#state = 'open';
    this.#hasBegun = true;
    const [, result] = await allOrFirstFailure([this.#client.query('begin'), run()] as const);
    return result;
  }

  /** Runs what is awaited, after the changes that have waited for it: where one of those failed, it is why this fails. */
  async #answered<Result>(run: () => Promise<Result>): Promise<Result> {
    writeTogether(this.#client);
    const changes = this.#lastChanges.take();
    if (changes.length === 0) return this.#begun(run);
    const all = () => [...changes.map((change) => this.#sendFinal(change)), run()];
    const results = await this.#begun(() => allOrFirstFailure(all()));
    return results.at(-1) as Result;
  }
}

/** Waits for all, then gives the results, or the first failure in the order they were sent: later ones only follow from it. */
async function allOrFirstFailure<Results extends readonly Promise<unknown>[]>(running: Results) {
  const settled = await Promise.allSettled(running);
  const failure = settled.find((result) => result.status === 'rejected');
  if (failure) throw failure.reason;
  return settled.map((result) => (result as PromiseFulfilledResult<unknown>).value) as {
    -readonly [Index in keyof Results]: Awaited<Results[Index]>;
  };
}

/** Whatever is sent before all that can go on now has gone on leaves in one write: what is begun together travels together. */
function writeTogether(client: pg.PoolClient): void {
  const stream = streamOf(client);
  stream.cork();
  process.nextTick(() => stream.uncork());
}

interface Corkable {
  cork(): void;
  uncork(): void;
}

const streamOf = (client: pg.PoolClient): Corkable =>
  (client as unknown as { connection: { stream: Corkable } }).connection.stream;
