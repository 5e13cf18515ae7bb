import type { ServerRun } from '#events/messaging/log/log';
import type { World } from '../world/world.ts';
import { Backend, type Pause, type Statement } from './backend.ts';
import { Execution, type Outcome } from './execution.ts';
import { ConnectionLost } from './failures.ts';
import { Locks } from './locks.ts';
import { LogTable } from './log-table.ts';
import { Schema } from './rows.ts';
import type { Transaction } from './transaction.ts';

/** How a statement stands to transactions: in one of its own, the first of one, further in one, or the last of one. */
export type Place = 'alone' | 'first' | 'within' | 'last' | 'only';

type Waiter = Pick<Execution<unknown>, 'waitsFor' | 'goOn'>;

/** Milliseconds. */
const IDLE_TIMEOUT = 5_000;

/**
 * A tiny transactional database: READ COMMITTED, row locks, unique keys, advisory locks, sessions that end with their
 * client or when they hold a transaction for too long without a word.
 */
export class DatabaseServer {
  readonly log = new LogTable();
  readonly locks = new Locks();
  readonly schemas = new Map<string, Schema>();
  readonly #world: World;
  readonly #onCommit: (transaction: Transaction) => void;
  readonly #backends = new Set<Backend>();
  readonly #waiting = new Map<string, Waiter[]>();
  #isUp = true;
  #run = 1;
  #lastId = 0;

  constructor(world: World, onCommit: (transaction: Transaction) => void) {
    this.#world = world;
    this.#onCommit = onCommit;
  }

  get now(): number {
    return this.#world.now;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Which run of the server this is. */
  get run(): ServerRun {
    return `run ${this.#run}`;
  }

  get backends(): readonly Backend[] {
    return [...this.#backends];
  }

  schemaOf(context: string): Schema {
    const schema = this.schemas.get(context) ?? new Schema(context);
    this.schemas.set(context, schema);
    return schema;
  }

  connect(): Backend {
    const backend = new Backend(this, this.nextId());
    this.#backends.add(backend);
    return backend;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  execute<Result>(
    backend: Backend,
    statement: Statement<Result>,
    place: Place,
    answer: (outcome: Outcome<Result>) => void,
  ): void {
    if (backend.running) {
      const begin = () => this.execute(backend, statement, place, answer);
      return void backend.queue.push({ begin, lose: () => answer({ error: new ConnectionLost() }) });
    }
    const execution = new Execution(this.#world, backend, placed(backend, statement, place), (outcome) => {
      backend.running = undefined;
      backend.idleSince = this.now;
      if ('error' in outcome) undo(backend, place);
      answer(outcome);
      backend.queue.shift()?.begin();
    });
    backend.running = execution;
    execution.goOn();
  }

  terminate(backend: Backend): void {
    if (!this.#backends.delete(backend)) return;
    const queued = backend.queue.splice(0);
    const { running } = backend;
    backend.close();
    running?.abandon(new ConnectionLost());
    for (const { lose } of queued) lose();
  }

  shutDown(): void {
    this.#isUp = false;
    for (const backend of this.#backends) this.terminate(backend);
  }

  startUp(): void {
    this.#isUp = true;
    this.#run += 1;
  }

  /** Ends the sessions that keep a transaction, or a lane, without a word. */
  endSilent(): void {
    for (const backend of this.#backends)
      if (isAwaited(backend) && this.now - backend.idleSince >= IDLE_TIMEOUT) {
        this.#world.say('database', `ends session ${backend.id}, which is silent`);
        this.terminate(backend);
      }
  }

  /** Makes what a transaction changed visible, all at one moment. */
  reveal(transaction: Transaction): void {
    for (const [table, changes] of transaction.changes)
      for (const [key, row] of changes)
        if (row === undefined) table.rows.delete(key);
        else table.rows.set(key, row);
    for (const row of transaction.appended) this.log.reveal(row);
    this.#onCommit(transaction);
  }

  whenFree(lock: string, execution: Waiter): void {
    this.#waiting.set(lock, [...(this.#waiting.get(lock) ?? []), execution]);
  }

  free(lock: string, backend: Backend): void {
    if (!this.locks.release(lock, backend)) return;
    const waiting = this.#waiting.get(lock);
    if (!waiting) return;
    this.#waiting.delete(lock);
    for (const execution of waiting)
      this.#world.in(this.#world.random.next() * 0.1, () => execution.waitsFor === lock && execution.goOn());
  }
}

const isAwaited = (backend: Backend) =>
  !backend.running && (backend.transaction !== undefined || backend.endsWhenSilent);

function* placed<Result>(backend: Backend, statement: Statement<Result>, place: Place): Generator<Pause, Result, void> {
  if (BEGINS.has(place)) backend.begin();
  const result = yield* statement(backend);
  if (COMMITS.has(place)) yield* backend.commit();
  return result;
}

const BEGINS: ReadonlySet<Place> = new Set(['alone', 'first', 'only']);
const COMMITS: ReadonlySet<Place> = new Set(['alone', 'last', 'only']);

/** A failed statement dooms its transaction; with the last one, COMMIT has been answered with ROLLBACK. */
function undo(backend: Backend, place: Place): void {
  if (!backend.transaction) return;
  if (COMMITS.has(place)) backend.rollback();
  else backend.transaction.hasFailed = true;
}
