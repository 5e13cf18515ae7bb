import type { NewEvent } from '#events/messaging/facts/event';
import type { Idempotency } from '#events/messaging/units/execution';
import { Outbox } from '#events/messaging/units/outbox';
import type { RequestTaker } from '#events/messaging/requests/request-storage';
import { IdempotencyKeyBusy, IdempotencyKeyReused, IdempotencyKeyTaken } from '#events/messaging/units/idempotency';
import type { OpenUnit } from '#events/messaging/units/unit-of-work';
import type { TenantId } from '#shared-kernel/tenant';
import type { Pause, Statement } from '../database/backend.ts';
import type { Effect } from '../database/effect.ts';
import { DatabaseError } from '../database/failures.ts';
import type { OfficeScope } from '../office/scope.ts';
import { momentOf } from '../world/machine.ts';
import { append } from './append.ts';
import type { ClientTransaction } from './client-transaction.ts';
import { NewRequests } from './new-requests.ts';
import { cancel, type Due, schedule } from './schedule.ts';
import type { SimulatedStore } from './store.ts';

/** A unit of work that changed its mind after it had appended: its positions become a gap for ever. */
export class ChangedMind extends Error {}

/** One unit of work in the tiny database: what it changed, and what is sent together with its COMMIT. */
export class SimulatedUnit implements OpenUnit<OfficeScope> {
  readonly transaction: ClientTransaction;
  readonly outbox: Outbox;
  readonly #store: SimulatedStore;
  readonly #what: string;
  readonly #requests: NewRequests;
  readonly #effects: Effect[] = [];
  readonly #last: Statement<unknown>[] = [];
  readonly #end: Statement<unknown>[] = [];
  readonly #onCommit: (() => void)[] = [];
  readonly #onLoss: (() => void)[] = [];
  #dawdling: { readonly milliseconds: number; readonly isInVain: boolean } | undefined;

  constructor(store: SimulatedStore, what: string, transaction: ClientTransaction, taker: RequestTaker | undefined) {
    this.#store = store;
    this.#what = what;
    this.transaction = transaction;
    this.outbox = new Outbox(store.context, store.machine.clock);
    this.#requests = new NewRequests(store, taker);
  }

  #schedule(tenantId: TenantId, name: string, due: Due, event: NewEvent): void {
    this.sendLast(schedule(this.#store.schema, { tenantId, name, due, draft: this.outbox.draft(event) }));
  }

  scopeOf(tenantId: TenantId): OfficeScope {
    const { schema, machine } = this.#store;
    return {
      tenantId,
      clock: machine.clock,
      publish: this.outbox.publish,
      request: (request) => {
        this.outbox.assertOpen(request.kind, 'requested');
        this.#requests.add(tenantId, request);
      },
      schedule: {
        after: (milliseconds, name, event) => this.#schedule(tenantId, name, { after: milliseconds }, event),
        at: (due, name, event) => this.#schedule(tenantId, name, { at: momentOf(due) }, event),
        cancel: (name) => {
          this.outbox.assertOpen(name, 'cancelled');
          this.sendLast(cancel(schema, tenantId, name));
        },
      },
      countOrder: (order) =>
        this.transaction.query(`count ${tenantId}/${order}`, function* (backend) {
          const key = `${tenantId}/${order}`;
          yield* backend.holdRow(schema.orders, key);
          const next = (backend.get(schema.orders, key) ?? 0) + 1;
          backend.set(schema.orders, key, next);
          return next;
        }),
      keep: (effect) => void this.#effects.push({ tenantId, ...effect }),
      // oxlint-disable-next-line require-yield
      look: () => this.transaction.query('look something up', function* () {}),
      dawdle: (milliseconds, isInVain) => void (this.#dawdling = { milliseconds, isInVain }),
    };
  }

  /** Sends a statement of the post office with COMMIT, before the facts. */
  sendLast(statement: Statement<unknown>): void {
    this.#last.push(statement);
  }

  /** Sends it after everything else. */
  endWith(statement: Statement<unknown>): void {
    this.#end.push(statement);
  }

  onCommit(then: () => void): void {
    this.#onCommit.push(then);
  }

  /** Nobody knows whether it was committed. */
  onLoss(then: () => void): void {
    this.#onLoss.push(then);
  }

  share(tenantId: TenantId, idempotency: Idempotency): void {
    const key = recordOf(tenantId, idempotency);
    this.transaction.openWith((backend) => backend.share(`key ${key}`));
  }

  async recall(tenantId: TenantId, idempotency: Idempotency): Promise<{ readonly result: unknown } | undefined> {
    const { schema } = this.#store;
    const key = recordOf(tenantId, idempotency);
    const row = await this.transaction.query('recall', function* (backend) {
      yield* awaitTwin(backend.hold(`key ${key}`), idempotency.operation);
      yield;
      return backend.get(schema.idempotency, key);
    });
    if (row && row.fingerprint !== idempotency.fingerprint) throw new IdempotencyKeyReused(idempotency.operation);
    return row;
  }

  remember(tenantId: TenantId, idempotency: Idempotency, result: unknown): void {
    const { schema, has } = this.#store;
    if (!has('commandsAreRemembered')) return;
    const { operation, fingerprint } = idempotency;
    const key = recordOf(tenantId, idempotency);
    this.sendLast(function* (backend) {
      if (has('keysAreUnique')) {
        yield* backend.holdRow(schema.idempotency, key);
        if (backend.get(schema.idempotency, key)) throw new IdempotencyKeyTaken(operation);
      }
      backend.set(schema.idempotency, key, { fingerprint, result });
    });
  }

  /** Writes what was changed, then sends the rest, the facts, and COMMIT in one message. */
  async commit(): Promise<void> {
    await this.#flush();
    this.close();
    if (this.#dawdling) await this.#appendEarly(this.#dawdling);
    const { drafts } = this.outbox;
    const facts = drafts.length > 0 && !this.#dawdling ? [append(drafts, this.#store.has)] : [];
    const last = [...this.#requests.statements(), ...this.#last, ...facts, ...this.#end];
    const results = await this.transaction.commit(`${this.#what}: commit`, last).catch((error: unknown) => {
      for (const tell of this.#onLoss) tell();
      throw error;
    });
    for (const tell of this.#onCommit) tell();
    this.#requests.handOver(results.slice(0, this.#requests.count));
    if (drafts.length > 0) this.#store.onAppended(drafts.map(({ type }) => type));
  }

  close(): void {
    this.outbox.close();
  }

  async #flush(): Promise<void> {
    const effects = this.#effects;
    if (effects.length === 0) return;
    // oxlint-disable-next-line require-yield
    const write: Statement<void> = function* (backend) {
      backend.keep(effects);
    };
    if (this.#store.has('effectsShareTheCommit')) await this.transaction.query(`${this.#what}: flush`, write);
    else await this.#store.change(`${this.#what}: flush`, write);
  }

  /** As an appender does that is stopped between its insert and its commit. */
  async #appendEarly({ milliseconds, isInVain }: { readonly milliseconds: number; readonly isInVain: boolean }) {
    await this.transaction.query(`${this.#what}: append`, append(this.outbox.drafts, this.#store.has));
    this.#store.onDawdling(milliseconds);
    await this.#store.machine.sleep(milliseconds);
    if (isInVain) throw new ChangedMind();
  }
}

function* awaitTwin(waiting: Generator<Pause, void, void>, operation: string) {
  try {
    yield* waiting;
  } catch (error) {
    throw error instanceof DatabaseError && error.code === '55P03' ? new IdempotencyKeyBusy(operation) : error;
  }
}

const recordOf = (tenantId: TenantId, { operation, key }: Idempotency) => `${tenantId}/${operation}/${key}`;
