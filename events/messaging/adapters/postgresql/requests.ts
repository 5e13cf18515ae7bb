import type { TenantId } from '#shared-kernel/tenant';
import type { Execution } from '../../execution.ts';
import type { PendingRequest, RequestStorage } from '../../request-storage.ts';
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

  constructor(store: PostgresStore<Scope>) {
    this.#store = store;
    this.#table = `${store.context}.request`;
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
    return this.#end(request, ['answered', JSON.stringify(answer ?? null), null], work);
  }

  async inFailure(request: PendingRequest, error: string, work: (scope: Scope) => Promise<void>): Promise<boolean> {
    return this.#end(request, ['failed', null, error], work);
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

  /**
   * The end is written first and locks the request: only one process gets to say what it means. What was asked, and for whom, is
   * forgotten with it: nobody needs it any more, and there are persons and payment tokens in it.
   */
  async #end(
    { tenantId, kind, id }: PendingRequest,
    end: readonly unknown[],
    work: (scope: Scope) => Promise<void>,
  ): Promise<boolean> {
    return this.#store.transaction(async (unit) => {
      const { rowCount } = await unit.transaction.query({
        name: `${this.#table}.end`,
        text: `
          update ${this.#table} set state = $4, answer = $5, error = $6, ended_at = now(), payload = 'null', execution = 'null'
           where (tenant_id, kind, id) = ($1, $2, $3) and state = 'pending'`,
        values: [tenantId, kind, id, ...end],
      });
      if (rowCount === 0) return false;
      await work(unit.scopeOf(tenantId));
      return true;
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
