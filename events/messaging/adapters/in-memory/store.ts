import type { Clock } from '#shared-kernel/clock';
import type { TenantId } from '#shared-kernel/tenant';
import type { UnitOfWork } from '#shared-kernel/unit-of-work';
import type { ContextStore, DueWork } from '../../units/context-store.ts';
import type { Idempotency } from '../../units/execution.ts';
import { IdempotencyKeyReused, IdempotencyKeyTaken } from '../../units/idempotency.ts';
import { noteAnswered } from '../../lanes/fault.ts';
import type { RequestTaker } from '../../requests/request-storage.ts';
import { whileThereIsRoom } from '../../requests/room.ts';
import { Nesting } from '../../units/nesting.ts';
import { queryScope, type UnitScope } from '../../units/scope.ts';
import type { Tracing } from '../../watching/tracing.ts';
import { createUnitOfWork, type OpenUnit } from '../../units/unit-of-work.ts';
import { InMemoryLanes } from './lanes.ts';
import type { InMemoryLog } from './log.ts';
import { Mutex } from './mutex.ts';
import { InMemoryParked } from './parked.ts';
import { headsOf, InMemoryRequests, isHead, leaseRow } from './requests.ts';
import { InMemorySchedule, scheduledOf } from './schedule.ts';
import { CommittedTables, type Tables } from './tables.ts';
import { MemoryTransaction, requestId } from './transaction.ts';

/** What a context's in-memory door offers. */
export interface InMemoryContext<Scope> {
  readonly context: string;
  readonly createScope: (tables: Tables, unit: UnitScope) => Scope;
}

/** Who hears what a store does. */
export interface StoreListeners {
  /** Called after every commit that appended facts, with how many. */
  readonly onAppended?: (events: number) => void;
  readonly tracing?: Tracing | undefined;
}

/** One context without a database. Units of work run one after the other, which makes them serializable. */
export class InMemoryStore<Scope> implements ContextStore<Scope> {
  readonly context: string;
  readonly unitOfWork: UnitOfWork<Scope>;
  readonly reading: UnitOfWork<Scope>;
  readonly lanes = new InMemoryLanes<Scope>(this);
  readonly parked = new InMemoryParked<Scope>(this);
  readonly requests = new InMemoryRequests<Scope>(this);
  readonly schedule = new InMemorySchedule<Scope>(this);
  readonly #door: InMemoryContext<Scope>;
  readonly #log: InMemoryLog;
  readonly #clock: Clock;
  readonly #mutex = new Mutex();
  readonly #nesting: Nesting;
  readonly #tables = new CommittedTables();
  readonly #listeners: StoreListeners;
  #taker: RequestTaker | undefined;

  constructor(door: InMemoryContext<Scope>, log: InMemoryLog, clock: Clock, listeners: StoreListeners = {}) {
    this.context = door.context;
    this.#door = door;
    this.#log = log;
    this.#clock = clock;
    this.#listeners = listeners;
    this.#nesting = new Nesting(door.context);
    this.unitOfWork = createUnitOfWork(
      (work) => this.transaction((transaction) => work(this.#openUnit(transaction))),
      this.#nesting,
    );
    this.reading = createUnitOfWork((work) => this.#read(work), this.#nesting);
  }

  now(): number {
    return this.#clock.now().getTime();
  }

  offerRequestsTo(taker: RequestTaker): void {
    this.#taker = taker;
  }

  async dueWork(): Promise<DueWork> {
    return this.transaction(async ({ staged }) => ({
      requestsIn: untilFirst(
        headsOf(staged).filter(({ isDead }) => !isDead),
        this.now(),
      ),
      scheduleIn: untilFirst(scheduledOf(staged), this.now()),
    }));
  }

  scopeOf(transaction: MemoryTransaction, tenantId: TenantId): Scope {
    return this.#door.createScope(transaction.staged.of(tenantId), transaction.unitScope(tenantId));
  }

  /** Everything the work stages becomes visible at once, with its facts, when it has succeeded. */
  async transaction<Result>(work: (transaction: MemoryTransaction) => Promise<Result>): Promise<Result> {
    return this.#mutex.run(async () => {
      const transaction = new MemoryTransaction(
        this.context,
        this.#tables.stage(),
        this.#clock,
        this.#listeners.tracing,
      );
      try {
        const result = await this.#nesting.within(() => work(transaction));
        this.#commit(transaction);
        return result;
      } catch (error) {
        noteAnswered(error);
        throw error;
      } finally {
        transaction.outbox.close();
      }
    });
  }

  #commit({ staged, outbox, newRequests }: MemoryTransaction): void {
    const leased = newRequests
      .filter((row) => isHead(staged, row))
      .filter(whileThereIsRoom((kind) => this.#taker?.room(kind) ?? 0))
      .map((row) => leaseRow(staged, row, this.now() + this.#taker!.leaseMs));
    staged.commit();
    this.#log.append(outbox.drafts);
    outbox.noteCommit();
    if (outbox.drafts.length > 0) this.#listeners.onAppended?.(outbox.drafts.length);
    if (newRequests.length === 0) return;
    const isLeased = new Set(leased.map(({ tenantId, ...request }) => requestId(tenantId, request)));
    const others = newRequests.filter((row) => !isLeased.has(requestId(row.tenantId, row)));
    this.#taker?.take(
      leased,
      others.map(({ kind }) => kind),
    );
  }

  async #read<Result>(work: (unit: OpenUnit<Scope>) => Promise<Result>): Promise<Result> {
    return this.#mutex.run(() => {
      const staged = this.#tables.stage();
      const unit: OpenUnit<Scope> = {
        scopeOf: (tenantId) => this.#door.createScope(staged.of(tenantId), queryScope(tenantId, this.#clock)),
        share: () => undefined,
        recall: async () => undefined,
        remember: () => undefined,
      };
      return this.#nesting.within(() => work(unit));
    });
  }

  #openUnit(transaction: MemoryTransaction): OpenUnit<Scope> {
    const recorded = transaction.staged.shared<{ fingerprint: string; result: unknown }>('idempotency');
    return {
      scopeOf: (tenantId) => this.scopeOf(transaction, tenantId),
      share: () => undefined,
      recall: async (tenantId, idempotency) => {
        const row = recorded.get(recordKey(tenantId, idempotency));
        if (row && row.fingerprint !== idempotency.fingerprint) throw new IdempotencyKeyReused(idempotency.operation);
        return row;
      },
      remember: (tenantId, idempotency, result) => {
        const key = recordKey(tenantId, idempotency);
        if (recorded.get(key)) throw new IdempotencyKeyTaken(idempotency.operation);
        recorded.put(key, { fingerprint: idempotency.fingerprint, result });
      },
    };
  }
}

const recordKey = (tenantId: TenantId, { operation, key }: Idempotency) => JSON.stringify([tenantId, operation, key]);

const untilFirst = (rows: readonly { readonly dueAt: number }[], now: number): number | null =>
  rows.length === 0 ? null : Math.max(0, Math.min(...rows.map(({ dueAt }) => dueAt)) - now);
