import type { Statement } from '../database/backend.ts';
import type { Connection } from './connection.ts';

/** The unit of work has ended; whoever still uses it was not awaited. */
export class TransactionEnded extends Error {
  constructor() {
    super('the unit of work has ended');
  }
}

/** One transaction as its client sees it: BEGIN travels with the first statement, the last ones with COMMIT. */
export class ClientTransaction {
  readonly #connection: Connection;
  readonly #opening: Statement<unknown>[] = [];
  #state: 'unbegun' | 'open' | 'ended' = 'unbegun';

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Sends it ahead of the first of what is sent, in one message with it. */
  openWith(statement: Statement<unknown>): void {
    this.#opening.push(statement);
  }

  async query<Result>(what: string, statement: Statement<Result>): Promise<Result> {
    if (this.#state === 'ended') throw new TransactionEnded();
    const place = this.#state === 'unbegun' ? 'first' : 'within';
    this.#state = 'open';
    return this.#connection.send(what, this.#opened(statement), place);
  }

  async commit(what: string, last: readonly Statement<unknown>[]): Promise<readonly unknown[]> {
    const was = this.#state;
    this.#state = 'ended';
    if (was === 'ended') throw new TransactionEnded();
    if (was === 'unbegun' && last.length === 0) return [];
    return this.#connection.send(what, this.#opened(oneAfterTheOther(last)), was === 'unbegun' ? 'only' : 'last');
  }

  /** Undoes everything. Never rejects: where it fails the connection is lost, which undoes everything as well. */
  async rollback(): Promise<void> {
    const wasOpen = this.#state === 'open';
    this.#state = 'ended';
    if (wasOpen && this.#connection.isUsable)
      await this.#connection.send('rollback', rollback, 'within').catch(() => undefined);
  }

  #opened<Result>(statement: Statement<Result>): Statement<Result> {
    const opening = this.#opening.splice(0);
    if (opening.length === 0) return statement;
    return function* (backend) {
      yield* oneAfterTheOther(opening)(backend);
      return yield* statement(backend);
    };
  }
}

const oneAfterTheOther = (statements: readonly Statement<unknown>[]): Statement<readonly unknown[]> =>
  function* (backend) {
    const results: unknown[] = [];
    for (const statement of statements) {
      results.push(yield* statement(backend));
      yield;
    }
    return results;
  };

// oxlint-disable-next-line require-yield
const rollback: Statement<void> = function* (backend) {
  backend.rollback();
};
