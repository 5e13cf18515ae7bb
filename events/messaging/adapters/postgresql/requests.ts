import type { TenantId } from '#shared-kernel/tenant';
import type { Execution } from '../../execution.ts';
import type { PendingRequest, RequestStorage } from '../../request-storage.ts';
import { Endings } from './endings.ts';
import { send } from './statement.ts';
import type { PostgresStore } from './store.ts';

interface RequestRow {
  readonly tenant_id: TenantId;
  readonly kind: string;
  readonly id: string;
  readonly key: string | null;
  readonly payload: string;
  readonly execution: string;
  readonly attempts: number;
}

/** Requests in a context's schema. */
export class PostgresRequests<Scope> implements RequestStorage<Scope> {
  readonly #store: PostgresStore<Scope>;
  readonly #table: string;
  readonly #endings: Endings<Scope>;

  constructor(store: PostgresStore<Scope>) {
    this.#store = store;
    this.#table = `${store.context}.request`;
    this.#endings = new Endings(store);
  }

  async lease(kinds: readonly string[], limit: number, leaseMs: number): Promise<readonly PendingRequest[]> {
    const { rows } = await send<RequestRow>(this.#store.pool, {
      name: `${this.#table}.lease`,
      text: `
        with head as (
          select tenant_id, kind, id from ${this.#table} r
           where state = 'pending' and due_at <= now() and kind = any($1)
             and (key is null or not exists (
               select from ${this.#table} older
                where (older.tenant_id, older.kind, older.key) = (r.tenant_id, r.kind, r.key)
                  and older.state = 'pending' and older.sequence < r.sequence))
           order by due_at limit $2 for update skip locked)
        update ${this.#table} r
           set attempts = attempts + 1, due_at = now() + $3 * interval '1 millisecond', leased_by = $4
          from head where (r.tenant_id, r.kind, r.id) = (head.tenant_id, head.kind, head.id)
        returning r.tenant_id, r.kind, r.id, r.key, r.payload, r.execution, r.attempts`,
      values: [kinds, limit, leaseMs, this.#store.memberName],
    });
    return rows.map(toPendingRequest);
  }

  async inAnswer(request: PendingRequest, answer: unknown, work: (scope: Scope) => Promise<void>): Promise<boolean> {
    return this.#endings.end({ request, state: 'answered', answer: JSON.stringify(answer ?? null), error: null, work });
  }

  async inFailure(request: PendingRequest, error: string, work: (scope: Scope) => Promise<void>): Promise<boolean> {
    return this.#endings.end({ request, state: 'failed', answer: null, error, work });
  }

  async postpone({ tenantId, kind, id }: PendingRequest, error: string, pauseMs: number): Promise<void> {
    await send(this.#store.pool, {
      name: `${this.#table}.postpone`,
      text: `
        update ${this.#table} set error = $4, due_at = now() + $5 * interval '1 millisecond', leased_by = null
         where (tenant_id, kind, id) = ($1, $2, $3) and state = 'pending'`,
      values: [tenantId, kind, id, error, pauseMs],
    });
  }
}

const toPendingRequest = (row: RequestRow): PendingRequest => ({
  tenantId: row.tenant_id,
  kind: row.kind,
  id: row.id,
  key: row.key,
  payload: JSON.parse(row.payload) as unknown,
  attempt: row.attempts,
  execution: JSON.parse(row.execution) as Execution,
});
