import type { EventDraft } from '#events/messaging/log/log';
import type { DatabaseServer } from './server.ts';
import type { Effect } from './effect.ts';
import type { Execution } from './execution.ts';
import { inFailedTransaction } from './failures.ts';
import type { Table } from './table.ts';
import { Transaction } from './transaction.ts';

/** What a statement waits for: the lock of this name, or nothing but its turn. */
export type Pause = string | undefined;

/** A statement at work in the server: what it does between two pauses happens at one moment. */
export type Statement<Result> = (backend: Backend) => Generator<Pause, Result, void>;

type LockScope = 'transaction' | 'session';

interface Waiting {
  readonly begin: () => void;
  readonly lose: () => void;
}

/** The server's end of a connection. */
export class Backend {
  readonly server: DatabaseServer;
  readonly id: number;
  isOpen = true;
  transaction: Transaction | undefined;
  /** Whether it ends when its client is silent, in a transaction or not. */
  endsWhenSilent = false;
  /** Since when it waits for its client. */
  idleSince = 0;
  running: Pick<Execution<unknown>, 'waitsFor' | 'abandon'> | undefined;
  /** What came while another statement was at work. */
  readonly queue: Waiting[] = [];
  readonly #locks: Record<LockScope, Set<string>> = { transaction: new Set(), session: new Set() };

  constructor(server: DatabaseServer, id: number) {
    this.server = server;
    this.id = id;
  }

  get now(): number {
    return this.server.now;
  }

  begin(): void {
    this.transaction = new Transaction(this.server.nextId());
  }

  *commit(): Generator<Pause, void, void> {
    const transaction = this.#current;
    this.server.reveal(transaction);
    transaction.isCommitted = true;
    yield;
    this.#end(transaction);
  }

  rollback(): void {
    if (this.transaction) this.#end(this.transaction);
  }

  get<Row>(table: Table<Row>, key: string): Row | undefined {
    return this.#current.get(table, key);
  }

  all<Row>(table: Table<Row>): Row[] {
    return this.#current.all(table);
  }

  set<Row>(table: Table<Row>, key: string, row: Row | undefined): void {
    this.#current.set(table, key, row);
  }

  /** Waits until the lock is ours. */
  *hold(name: string): Generator<Pause, void, void> {
    while (!this.tryHold(name)) yield name;
  }

  /** Waits until all who hold the lock share it. */
  *share(name: string): Generator<Pause, void, void> {
    while (!this.server.locks.take(name, this, true)) yield name;
    this.#locks.transaction.add(name);
  }

  tryHold(name: string, until: LockScope = 'transaction'): boolean {
    const isOurs = this.server.locks.take(name, this);
    if (isOurs) this.#locks[until].add(name);
    return isOurs;
  }

  release(name: string): void {
    this.#locks.session.delete(name);
    this.#letGo([name]);
  }

  *holdRow<Row>(table: Table<Row>, key: string): Generator<Pause, void, void> {
    yield* this.hold(rowLock(table, key));
  }

  tryHoldRow<Row>(table: Table<Row>, key: string): boolean {
    return this.tryHold(rowLock(table, key));
  }

  /** From now on it can be seen that this transaction may append. */
  beginAppending(): void {
    this.server.log.appenders.add(this.#current.id);
  }

  append(draft: EventDraft): void {
    this.#current.appended.push(this.server.log.draw(draft, this.now));
  }

  keep(effects: readonly Effect[]): void {
    this.#current.effects.push(...effects);
  }

  /** The client has gone, or is sent away: what is unfinished is undone. */
  close(): void {
    this.isOpen = false;
    this.rollback();
    this.#letGo([...this.#locks.session].filter((name) => this.#locks.session.delete(name)));
  }

  get #current(): Transaction {
    if (!this.transaction || this.transaction.hasFailed) throw inFailedTransaction();
    return this.transaction;
  }

  #end(transaction: Transaction): void {
    this.transaction = undefined;
    this.server.log.appenders.delete(transaction.id);
    this.#letGo([...this.#locks.transaction].filter((name) => this.#locks.transaction.delete(name)));
  }

  #letGo(names: readonly string[]): void {
    for (const name of names)
      if (!this.#locks.transaction.has(name) && !this.#locks.session.has(name)) this.server.free(name, this);
  }
}

const rowLock = <Row>(table: Table<Row>, key: string) => `${table.name} ${key}`;
