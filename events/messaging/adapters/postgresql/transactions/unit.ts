import { createHash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import type pg from 'pg';
import type { Clock } from '#shared-kernel/clock';
import type { TenantId } from '#shared-kernel/tenant';
import type { NewEvent } from '../../../facts/event.ts';
import { LOCK_TIMED_OUT } from '../../../lanes/fault.ts';
import type { Idempotency } from '../../../units/execution.ts';
import { IdempotencyKeyBusy, IdempotencyKeyReused, IdempotencyKeyTaken } from '../../../units/idempotency.ts';
import { Outbox } from '../../../units/outbox.ts';
import type { Tracing } from '../../../watching/tracing.ts';
import type { RequestTaker } from '../../../requests/request-storage.ts';
import type { Schedule } from '../../../units/schedule.ts';
import type { UnitScope } from '../../../units/scope.ts';
import type { OpenUnit } from '../../../units/unit-of-work.ts';
import { appendStatement } from '../log/log-statements.ts';
import { NewRequests } from '../requests/new-requests.ts';
import { type Appointment, cancelStatement, scheduleStatement } from '../relay/schedule.ts';
import type { MikroOrmContext } from '../store.ts';
import type { Trailer } from './pipeline.ts';
import { QueuedSql } from './queued-sql.ts';
import type { FinalStatement, Transaction } from './transaction.ts';

export interface UnitDependencies<Scope> {
  readonly door: MikroOrmContext<Scope>;
  readonly transaction: Transaction;
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly taker: RequestTaker | undefined;
  readonly noticeOf?: (types: readonly string[]) => Trailer | undefined;
  readonly onAppended: (types: readonly string[], isTold: boolean) => void;
  readonly tracing?: Tracing | undefined;
  readonly memberName?: string;
}

/** One unit of work in PostgreSQL: what it changed through MikroORM, and what is sent together with its COMMIT. */
export class PostgresUnit<Scope> implements OpenUnit<Scope> {
  readonly transaction: Transaction;
  readonly outbox: Outbox;
  readonly #of: UnitDependencies<Scope>;
  readonly #schema: string;
  readonly #requests: NewRequests;
  readonly #scopes = new Map<TenantId, Scope>();
  readonly #queued = new QueuedSql();
  readonly #last: FinalStatement[] = [];
  readonly #end: FinalStatement[] = [];

  constructor(dependencies: UnitDependencies<Scope>) {
    this.#of = dependencies;
    this.#schema = dependencies.door.context;
    this.transaction = dependencies.transaction;
    this.outbox = new Outbox(dependencies.door.context, dependencies.clock, dependencies.tracing);
    this.#requests = new NewRequests(this.#schema, dependencies);
  }

  scopeOf(tenantId: TenantId): Scope {
    const known = this.#scopes.get(tenantId);
    if (known) return known;
    const scope = this.#of.door.createScope(this.#of.em, this.#unitScope(tenantId), this.#queued.add);
    this.#scopes.set(tenantId, scope);
    return scope;
  }

  /** Sends a statement of the post office with COMMIT, before the facts. */
  sendLast(statement: FinalStatement): void {
    this.#last.push(statement);
  }

  /** Sends it after everything else: nothing but COMMIT can fail behind it. */
  endWith(statement: FinalStatement): void {
    this.#end.push(statement);
  }

  share(tenantId: TenantId, { operation, key }: Idempotency): void {
    this.transaction.openWith({
      name: 'messaging.share-key',
      text: 'select pg_advisory_xact_lock_shared($1)',
      values: [hashOf(tenantId, operation, key)],
      givesNothing: true,
    });
  }

  async recall(tenantId: TenantId, idempotency: Idempotency): Promise<{ readonly result: unknown } | undefined> {
    const { operation, key, fingerprint } = idempotency;
    const [, found] = await this.transaction
      .queryAll([
        {
          name: 'messaging.hold-key',
          text: 'select pg_advisory_xact_lock($1)',
          values: [hashOf(tenantId, operation, key)],
        },
        {
          name: `${this.#schema}.recall`,
          text: `select fingerprint, result from ${this.#schema}.idempotency where tenant_id = $1 and operation = $2 and key = $3`,
          values: [tenantId, operation, key],
        },
      ])
      .catch((error: { code?: string }) => {
        throw error.code === LOCK_TIMED_OUT ? new IdempotencyKeyBusy(operation) : error;
      });
    const row = (found as pg.QueryResult<{ fingerprint: string; result: string }>).rows[0];
    if (!row) return undefined;
    if (row.fingerprint !== fingerprint) throw new IdempotencyKeyReused(operation);
    return { result: (JSON.parse(row.result) as [unknown])[0] };
  }

  remember(tenantId: TenantId, { operation, key, fingerprint }: Idempotency, result: unknown): void {
    this.sendLast({
      name: `${this.#schema}.remember`,
      text: `insert into ${this.#schema}.idempotency (tenant_id, operation, key, fingerprint, result) values ($1, $2, $3, $4, $5)`,
      values: [tenantId, operation, key, fingerprint, JSON.stringify([result])],
      explain: (error) => (isTaken(error) ? new IdempotencyKeyTaken(operation) : error),
    });
  }

  /** Flushes MikroORM's changes, then sends what was queued, the rest, the facts, and COMMIT in one write. */
  async commit(): Promise<void> {
    await this.transaction.close(() => this.#of.em.flush());
    this.close();
    const { drafts } = this.outbox;
    const requests = this.#requests.statements();
    const types = drafts.map(({ type }) => type);
    const facts = drafts.length > 0 ? [appendStatement(drafts)] : [];
    const queued = this.#queued.statements;
    const last = [...queued, ...requests, ...this.#last, ...facts, ...this.#end];
    let notice: Trailer | undefined;
    const results = await this.transaction.commit(last, () => (notice = this.#noticeOf(types)));
    this.#requests.handOver(results.slice(queued.length));
    this.outbox.noteCommit();
    if (drafts.length > 0) this.#of.onAppended(types, notice !== undefined);
  }

  /** Records requests without having them performed. */
  withholdRequests(): void {
    this.#requests.withhold();
  }

  close(): void {
    this.#queued.close();
    this.outbox.close();
  }

  #noticeOf(types: readonly string[]): Trailer | undefined {
    return types.length > 0 ? this.#of.noticeOf?.(types) : undefined;
  }

  #unitScope(tenantId: TenantId): UnitScope {
    return {
      tenantId,
      clock: this.#of.clock,
      publish: this.outbox.publish,
      request: (request) => {
        this.outbox.assertOpen(request.kind, 'requested');
        this.#requests.add(tenantId, request);
      },
      schedule: this.#scheduleOf(tenantId),
    };
  }

  #scheduleOf(tenantId: TenantId): Schedule {
    const schedule = (appointment: Appointment, event: NewEvent) =>
      this.sendLast(scheduleStatement(this.#schema, appointment, this.outbox.draft(event)));
    return {
      after: (due, name, event) => schedule({ tenantId, name, due }, event),
      at: (due, name, event) => schedule({ tenantId, name, due }, event),
      cancel: (name) => {
        this.outbox.assertOpen(name, 'cancelled');
        this.sendLast(cancelStatement(this.#schema, tenantId, name));
      },
    };
  }
}

/** unique_violation */
const isTaken = (error: unknown): boolean => (error as { code?: string }).code === '23505';

/** A key of the advisory locks, which all of a database share: 64 bits of a digest. */
const hashOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest().readBigInt64BE().toString();
