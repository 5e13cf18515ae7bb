import type { EntityManager } from '@mikro-orm/postgresql';
import type pg from 'pg';
import type { Clock } from '#shared-kernel/clock';
import type { UnitOfWork } from '#shared-kernel/unit-of-work';
import type { ContextStore, DueWork } from '../../units/context-store.ts';
import { noteAnswered } from '../../lanes/fault.ts';
import type { RequestTaker } from '../../requests/request-storage.ts';
import { Nesting } from '../../units/nesting.ts';
import { queryScope, refuseInQuery, type UnitScope } from '../../units/scope.ts';
import type { Tracing } from '../../watching/tracing.ts';
import { createUnitOfWork, type OpenUnit } from '../../units/unit-of-work.ts';
import { dueWorkOf } from './relay/due-work.ts';
import { PostgresLanes } from './lanes/lanes.ts';
import { type Entities, MikroOrmUnits } from './transactions/mikro-orm-units.ts';
import { PostgresParked } from './lanes/parked.ts';
import { Departures } from './transactions/departures.ts';
import { withConnection } from './transactions/pool.ts';
import { PostgresRequests } from './requests/requests.ts';
import { PostgresSchedule } from './relay/schedule.ts';
import { Transaction } from './transactions/transaction.ts';
import type { QueueSql } from './transactions/queued-sql.ts';
import type { Trailer } from './transactions/pipeline.ts';
import { PostgresUnit } from './transactions/unit.ts';

/** What a context's MikroORM door offers. */
export interface MikroOrmContext<Scope> {
  /** Also the name of its schema. */
  readonly context: string;
  readonly entities: Entities;
  readonly createScope: (em: EntityManager, unit: UnitScope, queueSql: QueueSql) => Scope;
}

export interface StoreDependencies {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  /** Asked when a commit that appends facts leaves: what tells other processes of their types, where it is time to. */
  readonly noticeOf?: (types: readonly string[]) => Trailer | undefined;
  /** Called after every commit that appended facts, with the type of each, and whether a notice of them left with it. */
  readonly onAppended: (types: readonly string[], isTold: boolean) => void;
  readonly tracing?: Tracing | undefined;
  /** What the relay of this process is called: the leases of a relay that is gone are over. Left out: they run out. */
  readonly memberName?: string;
}

/** One context in PostgreSQL: its schema holds its tables and its part of the post office. */
export class PostgresStore<Scope> implements ContextStore<Scope> {
  readonly context: string;
  readonly unitOfWork: UnitOfWork<Scope>;
  readonly reading: UnitOfWork<Scope>;
  readonly lanes: PostgresLanes<Scope>;
  readonly parked: PostgresParked<Scope>;
  readonly requests: PostgresRequests<Scope>;
  readonly schedule: PostgresSchedule<Scope>;
  readonly #door: MikroOrmContext<Scope>;
  readonly #of: StoreDependencies;
  readonly #units: MikroOrmUnits;
  readonly #nesting: Nesting;
  readonly #departures = new Departures();
  #taker: RequestTaker | undefined;

  private constructor(door: MikroOrmContext<Scope>, units: MikroOrmUnits, dependencies: StoreDependencies) {
    this.context = door.context;
    this.#door = door;
    this.#of = dependencies;
    this.#units = units;
    this.lanes = new PostgresLanes(this);
    this.parked = new PostgresParked(this);
    this.requests = new PostgresRequests(this);
    this.schedule = new PostgresSchedule(this);
    this.#nesting = new Nesting(door.context);
    this.unitOfWork = createUnitOfWork((work) => this.transaction(work), this.#nesting);
    this.reading = createUnitOfWork((work) => this.#read(work), this.#nesting);
  }

  static async open<Scope>(
    door: MikroOrmContext<Scope>,
    dependencies: StoreDependencies,
  ): Promise<PostgresStore<Scope>> {
    return new PostgresStore(door, await MikroOrmUnits.open(door.entities, dependencies.pool), dependencies);
  }

  get pool(): pg.Pool {
    return this.#of.pool;
  }

  get memberName(): string | null {
    return this.#of.memberName ?? null;
  }

  offerRequestsTo(taker: RequestTaker): void {
    this.#taker = taker;
  }

  async dueWork(): Promise<DueWork> {
    const due = await dueWorkOf(this.#of.pool, [this.context]);
    return due.get(this.context)!;
  }

  /** Everything the work does is stored with one commit, facts last, or nothing is. */
  async transaction<Result>(work: (unit: PostgresUnit<Scope>) => Promise<Result>): Promise<Result> {
    return this.withConnection((client) => this.transactionOn(client, work));
  }

  /** The same, for one that cannot happen twice: where nothing is asked in it, it may leave together with others. */
  async sharedTransaction<Result>(work: (unit: PostgresUnit<Scope>) => Promise<Result>): Promise<Result> {
    return this.withConnection((client) => this.#run(new Transaction(client, this.#departures), work));
  }

  /** The same on a connection that the caller holds. */
  async transactionOn<Result>(
    client: pg.PoolClient,
    work: (unit: PostgresUnit<Scope>) => Promise<Result>,
  ): Promise<Result> {
    return this.#run(new Transaction(client), work);
  }

  async #run<Result>(transaction: Transaction, work: (unit: PostgresUnit<Scope>) => Promise<Result>): Promise<Result> {
    const unit = this.#openUnit(transaction, this.#units.within(transaction));
    try {
      const result = await this.#nesting.within(() => work(unit));
      await unit.commit();
      return result;
    } catch (error) {
      if (await transaction.rollback()) noteAnswered(error);
      throw error;
    } finally {
      unit.close();
    }
  }

  /** Lends a connection. */
  async withConnection<Result>(work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    return withConnection(this.#of.pool, work);
  }

  async #read<Result>(work: (unit: OpenUnit<Scope>) => Promise<Result>): Promise<Result> {
    const { createScope } = this.#door;
    const em = this.#units.reading();
    const unit: OpenUnit<Scope> = {
      scopeOf: (tenantId) => createScope(em, queryScope(tenantId, this.#of.clock), refuseInQuery),
      share: () => undefined,
      recall: async () => undefined,
      remember: () => undefined,
    };
    return this.#nesting.within(() => work(unit));
  }

  #openUnit(transaction: Transaction, em: EntityManager): PostgresUnit<Scope> {
    return new PostgresUnit({ ...this.#of, door: this.#door, transaction, em, taker: this.#taker });
  }
}
