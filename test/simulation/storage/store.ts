import type { ContextStore, DueWork } from '#events/messaging/units/context-store';
import type { RequestTaker } from '#events/messaging/requests/request-storage';
import { Nesting } from '#events/messaging/units/nesting';
import { createUnitOfWork } from '#events/messaging/units/unit-of-work';
import type { UnitOfWork } from '#shared-kernel/unit-of-work';
import type { Backend, Statement } from '../database/backend.ts';
import type { Schema } from '../database/rows.ts';
import type { Guards } from '../guards.ts';
import type { OfficeScope } from '../office/scope.ts';
import type { Machine } from '../world/machine.ts';
import type { Random } from '../world/random.ts';
import { ClientTransaction } from './client-transaction.ts';
import type { Connection } from './connection.ts';
import { SimulatedLanes } from './lanes.ts';
import { SimulatedParked } from './parked.ts';
import type { Pool } from './pool.ts';
import { headsOf, SimulatedRequests } from './requests.ts';
import { SimulatedSchedule } from './schedule.ts';
import type { Suspicions } from './suspicions.ts';
import { SimulatedUnit } from './unit.ts';

export interface StoreDependencies {
  readonly machine: Machine;
  readonly pool: Pool;
  readonly schema: Schema;
  readonly random: Random;
  readonly has: Guards;
  readonly suspicions: Suspicions;
  /** False where the lanes' locks exclude nobody. */
  readonly locksExclude: boolean;
  readonly onDawdling: (milliseconds: number) => void;
  /** Called after every commit that appended facts, with the type of each. */
  readonly onAppended: (types: readonly string[]) => void;
}

/** One context of one process in the tiny database. */
export class SimulatedStore implements ContextStore<OfficeScope> {
  readonly context: string;
  readonly unitOfWork: UnitOfWork<OfficeScope>;
  readonly reading: UnitOfWork<OfficeScope>;
  readonly lanes = new SimulatedLanes(this);
  readonly parked = new SimulatedParked(this);
  readonly requests = new SimulatedRequests(this);
  readonly schedule = new SimulatedSchedule(this);
  readonly #of: StoreDependencies;
  #taker: RequestTaker | undefined;

  constructor(dependencies: StoreDependencies) {
    this.#of = dependencies;
    this.context = dependencies.schema.context;
    this.unitOfWork = createUnitOfWork((work) => this.transaction('a command', work), new Nesting(this.context));
    this.reading = this.unitOfWork;
  }

  get schema(): Schema {
    return this.#of.schema;
  }

  get machine(): Machine {
    return this.#of.machine;
  }

  get pool(): Pool {
    return this.#of.pool;
  }

  get has(): Guards {
    return this.#of.has;
  }

  get suspicions(): Suspicions {
    return this.#of.suspicions;
  }

  get locksExclude(): boolean {
    return this.#of.locksExclude;
  }

  /** A random 63-bit number, as text. */
  drawLaneId(): string {
    const half = () => BigInt(this.#of.random.whole(0, 2 ** 31 - 1));
    return ((half() << 32n) | half()).toString();
  }

  onDawdling(milliseconds: number): void {
    this.#of.onDawdling(milliseconds);
  }

  onAppended(types: readonly string[]): void {
    this.#of.onAppended(types);
  }

  offerRequestsTo(taker: RequestTaker): void {
    this.#taker = taker;
  }

  async dueWork(): Promise<DueWork> {
    const { schema } = this;
    return this.query(`${this.context}: due work`, (backend) => ({
      requestsIn: untilFirst(
        headsOf(backend, schema).filter(({ isDead }) => !isDead),
        backend.now,
      ),
      scheduleIn: untilFirst(backend.all(schema.scheduled), backend.now),
    }));
  }

  async transaction<Result>(what: string, work: (unit: SimulatedUnit) => Promise<Result>): Promise<Result> {
    return this.pool.lend((connection) => this.transactionOn(connection, what, work));
  }

  /** The same on a connection that the caller holds. */
  async transactionOn<Result>(
    connection: Connection,
    what: string,
    work: (unit: SimulatedUnit) => Promise<Result>,
  ): Promise<Result> {
    const transaction = new ClientTransaction(connection);
    const unit = new SimulatedUnit(this, what, transaction, this.#taker);
    try {
      const result = await work(unit);
      await unit.commit();
      return result;
    } catch (error) {
      await transaction.rollback();
      throw error;
    } finally {
      unit.close();
    }
  }

  /** One reading statement. */
  async query<Result>(what: string, read: (backend: Backend) => Result): Promise<Result> {
    // oxlint-disable-next-line require-yield
    return this.change(what, function* (backend) {
      return read(backend);
    });
  }

  /** One statement that is a transaction of its own. */
  async change<Result>(what: string, statement: Statement<Result>): Promise<Result> {
    return this.pool.lend((connection) => connection.send(what, statement));
  }
}

const untilFirst = (rows: readonly { readonly dueAt: number }[], now: number): number | null =>
  rows.length === 0 ? null : Math.max(0, Math.min(...rows.map(({ dueAt }) => dueAt)) - now);
