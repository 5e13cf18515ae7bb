import type pg from 'pg';
import type { Departures } from './departures.ts';
import { type PipelinedStatement, runPipeline, type Trailer } from './pipeline.ts';
import { type ChangeKind, LastChanges } from './row-changes.ts';
import type { Row } from './row-columns.ts';
import { type Statement, typed } from './statement.ts';

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

/** A statement that is sent together with COMMIT. */
export interface FinalStatement extends PipelinedStatement {
  /** Hears its answer, once it is committed. */
  readonly heed?: (result: pg.QueryResult) => void;
}

const BEGIN: PipelinedStatement = { name: 'messaging.begin', text: 'begin', values: [], givesNothing: true };
const COMMIT: PipelinedStatement = { name: 'messaging.commit', text: 'commit', values: [], givesNothing: true };

/**
 * One transaction on one connection, in as few round trips as it can be: what is asked before all that can go on now has gone
 * on leaves in one write, BEGIN with the first of it, and the last statements with COMMIT. Where nothing was asked before, these
 * need neither BEGIN nor COMMIT: one pipeline is a transaction by itself.
 */
export class Transaction {
  readonly #client: pg.PoolClient;
  readonly #departures: Departures | undefined;
  #state: 'unbegun' | 'open' | 'ended' = 'unbegun';
  #hasSent = false;
  #asked: Asked[] = [];
  readonly #opening: FinalStatement[] = [];
  /** Nobody asks any more before COMMIT: what is changed now can go out with it. */
  #isClosing = false;
  readonly #lastChanges = new LastChanges();

  /** Where nothing is asked in it, it may leave together with others. */
  constructor(client: pg.PoolClient, departures?: Departures) {
    this.#client = client;
    this.#departures = departures;
  }

  /** Sends it ahead of the first of what is sent, in one write with it, which fails where this fails; alone it is not sent. */
  openWith(statement: FinalStatement): void {
    this.#opening.push(statement);
  }

  async query<Row extends pg.QueryResultRow>(statement: Statement): Promise<pg.QueryResult<Row>> {
    return (await this.#ask(typed(statement))) as pg.QueryResult<Row>;
  }

  /** Several statements in one write, each with a snapshot of its own. */
  async queryAll(statements: readonly Statement[]): Promise<readonly pg.QueryResult[]> {
    return Promise.all(statements.map((statement) => this.query(statement)));
  }

  /** A statement as MikroORM has made it, whose answer it reads in its own way. */
  async queryText(statement: Statement): Promise<pg.QueryResult> {
    return this.#ask(statement);
  }

  /** Changes rows, of which nothing comes back. The last changes go out, and are answered, with COMMIT; others at once. */
  async change(kind: ChangeKind, rows: readonly Row[]): Promise<void> {
    if (this.#isClosing) this.#lastChanges.add(kind, rows);
    else await this.#ask(typed(kind.statementFor(rows)));
  }

  /** Makes the last changes, after which nothing but COMMIT follows. */
  async close(change: () => Promise<void>): Promise<void> {
    this.#isClosing = true;
    await change();
  }

  /**
   * Sends the last statements and COMMIT in one write; returns what the statements gave. Where it leaves alone, it is asked for
   * what is to leave right behind it.
   * @throws {CommitRefused} unless the server itself says that it committed
   * @throws {TransactionEnded}
   */
  async commit(
    last: readonly FinalStatement[],
    trailing?: () => Trailer | undefined,
  ): Promise<readonly pg.QueryResult[]> {
    if (this.#state === 'ended') throw new TransactionEnded();
    this.#sendAsked();
    const changes = this.#lastChanges.take();
    const isOpen = this.#state === 'open';
    this.#state = 'ended';
    if (!isOpen && changes.length + last.length === 0) return [];
    const before = [...this.#opening.splice(0), ...changes];
    const statements = [...before, ...last].map(typed);
    this.#hasSent = true;
    const leaving = isOpen ? [...statements, COMMIT] : statements;
    const results = await (isOpen || !this.#departures
      ? runPipeline(this.#client, leaving, trailing)
      : this.#departures.join(this.#client, leaving));
    if (isOpen && results.at(-1)!.command !== 'COMMIT') throw new CommitRefused();
    for (const [at, { heed }] of statements.entries()) heed?.(results[at]!);
    return results.slice(before.length, statements.length);
  }

  /** Undoes everything; false where the connection is lost, which undoes everything as well. Never rejects. */
  async rollback(): Promise<boolean> {
    this.#sendAsked();
    this.#state = 'ended';
    if (!this.#hasSent && this.#client.getTransactionStatus() === 'I') return true;
    return this.#client.query('rollback').then(
      () => true,
      () => false,
    );
  }

  #ask(statement: PipelinedStatement): Promise<pg.QueryResult> {
    if (this.#state === 'ended') return Promise.reject(new TransactionEnded());
    if (this.#asked.length === 0) process.nextTick(() => this.#sendAsked());
    return new Promise((resolve, reject) => this.#asked.push({ statement, resolve, reject }));
  }

  /** Changes that have waited for COMMIT come first: where one of those fails, it is why what was asked fails. */
  #sendAsked(): void {
    if (this.#asked.length === 0) return;
    const asked = this.#asked;
    this.#asked = [];
    const begin = this.#state === 'unbegun' ? [BEGIN] : [];
    const first = [...begin, ...[...this.#opening.splice(0), ...this.#lastChanges.take()].map(typed)];
    this.#state = 'open';
    this.#hasSent = true;
    runPipeline(this.#client, [...first, ...asked.map(({ statement }) => statement)]).then(
      (results) => asked.forEach(({ resolve }, at) => resolve(results[first.length + at]!)),
      (error) => asked.forEach(({ reject }) => reject(error)),
    );
  }
}

interface Asked {
  readonly statement: PipelinedStatement;
  readonly resolve: (result: pg.QueryResult) => void;
  readonly reject: (error: unknown) => void;
}
