import type { TenantId } from '#shared-kernel/tenant';
import type { Execution } from '../../../units/execution.ts';
import type { CallEnd, KeptEnd, PendingRequest, RequestStorage, Setback } from '../../../requests/request-storage.ts';
import type { Room } from '../../../requests/room.ts';
import { Endings } from './endings.ts';
import { isHead } from './request-heads.ts';
import { send } from '../transactions/statement.ts';
import type { PostgresStore } from '../store.ts';

interface RequestRow {
  readonly tenant_id: TenantId;
  readonly kind: string;
  readonly id: string;
  readonly key: string | null;
  readonly payload: string;
  readonly execution: string;
  readonly attempts: number;
  readonly recordings: number;
  readonly answer: string | null;
  readonly error: string | null;
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

  async lease(room: Room, leaseMs: number): Promise<readonly PendingRequest[]> {
    const most = [...room.values()].reduce((sum, free) => sum + free, 0);
    const { rows } = await send<RequestRow>(this.#store.pool, {
      name: `${this.#table}.lease`,
      text: `
        with head as (
          select due.* from unnest($1::text[], $2::int[]) wanted (kind, room), lateral (
            select tenant_id, kind, id from ${this.#table} r
             where not is_dead and due_at <= now() and r.kind = wanted.kind and ${isHead(this.#store.context)}
             order by due_at limit wanted.room for update skip locked) due
           limit $5)
        update ${this.#table} r
           set attempts = attempts + (recordings = 0)::int, recordings = recordings + (recordings > 0)::int,
               due_at = now() + $3 * interval '1 millisecond', leased_by = $4
          from head where (r.tenant_id, r.kind, r.id) = (head.tenant_id, head.kind, head.id)
        returning r.tenant_id, r.kind, r.id, r.key, r.payload, r.execution, r.attempts,
                  r.recordings, r.answer, r.error`,
      values: [[...room.keys()], [...room.values()], leaseMs, this.#store.memberName, most],
    });
    return rows.map(toPendingRequest);
  }

  async giveBack(requests: readonly PendingRequest[]): Promise<void> {
    await send(this.#store.pool, {
      name: `${this.#table}.give-back`,
      text: `
        update ${this.#table} r
           set attempts = r.attempts - (r.recordings = 0)::int, recordings = r.recordings - (r.recordings > 0)::int,
               due_at = now(), leased_by = null
          from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[]) given (tenant_id, kind, id, attempts, recordings)
         where (r.tenant_id, r.kind, r.id, r.attempts, r.recordings)
             = (given.tenant_id, given.kind, given.id, given.attempts, given.recordings) and r.state = 'pending'`,
      values: [
        requests.map(({ tenantId }) => tenantId),
        requests.map(({ kind }) => kind),
        requests.map(({ id }) => id),
        requests.map(({ attempt }) => attempt),
        requests.map(({ kept }) => kept?.recording ?? 0),
      ],
    });
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

  async keep({ tenantId, kind, id }: PendingRequest, end: CallEnd): Promise<void> {
    await send(this.#store.pool, {
      name: `${this.#table}.keep`,
      text: `
        update ${this.#table} set ${KEPT}
         where (tenant_id, kind, id) = ($1, $2, $3) and state = 'pending'`,
      values: [tenantId, kind, id, ...valuesOf(end)],
    });
  }

  async setBack({ tenantId, kind, id }: PendingRequest, end: CallEnd, { error, restMs }: Setback): Promise<void> {
    await send(this.#store.pool, {
      name: `${this.#table}.set-back`,
      text: `
        update ${this.#table} set ${KEPT}, recording_error = $6, is_dead = $7::float8 is null, leased_by = null,
               due_at = now() + coalesce($7::float8, 0) * interval '1 millisecond'
         where (tenant_id, kind, id) = ($1, $2, $3) and state = 'pending'`,
      values: [tenantId, kind, id, ...valuesOf(end), error, restMs],
    });
  }
}

/** An answer that is kept stays, whatever others heard later. */
const KEPT = 'answer = coalesce(answer, $4), error = coalesce($5, error), recordings = greatest(recordings, 1)';

const valuesOf = (end: CallEnd): readonly unknown[] =>
  'answer' in end ? [JSON.stringify(end.answer), null] : [null, end.error];

const keptBy = ({ recordings, answer, error }: RequestRow): KeptEnd | undefined => {
  if (recordings === 0) return undefined;
  const end = answer === null ? { error: error ?? '' } : { answer: JSON.parse(answer) as unknown };
  return { end, recording: recordings };
};

const toPendingRequest = (row: RequestRow): PendingRequest => ({
  tenantId: row.tenant_id,
  kind: row.kind,
  id: row.id,
  key: row.key,
  payload: JSON.parse(row.payload) as unknown,
  attempt: row.attempts,
  kept: keptBy(row),
  execution: JSON.parse(row.execution) as Execution,
});
