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

  async postpone(request: PendingRequest, error: string, pauseMs: number): Promise<void> {
    await send(this.#store.pool, {
      name: `${this.#table}.postpone`,
      text: `
        update ${this.#table} set error = $6, due_at = now() + $7 * interval '1 millisecond', leased_by = null
         where ${NAMED} and ${IN_THE_SAME_ATTEMPT}`,
      values: [...nameOf(request), ...attemptOf(request), error, pauseMs],
    });
  }

  /** An answer that is kept stays, whatever others heard later. */
  async keep(request: PendingRequest, end: CallEnd): Promise<void> {
    const isAnswer = 'answer' in end;
    await send(this.#store.pool, {
      name: `${this.#table}.keep-${isAnswer ? 'answer' : 'error'}`,
      text: isAnswer
        ? `update ${this.#table} set answer = coalesce(answer, $4), ${ONE_RECORDING} where ${NAMED}`
        : `update ${this.#table} set error = $6, ${ONE_RECORDING} where ${NAMED} and ${IN_THE_SAME_ATTEMPT}`,
      values: isAnswer
        ? [...nameOf(request), JSON.stringify(end.answer)]
        : [...nameOf(request), ...attemptOf(request), end.error],
    });
  }

  /** Where others have leased it since, they say when it is due: all that stays of this is an answer. */
  async setBack(request: PendingRequest, end: CallEnd, { error, restMs }: Setback): Promise<void> {
    const { rowCount } = await send(this.#store.pool, {
      name: `${this.#table}.set-back`,
      text: `
        update ${this.#table}
           set answer = coalesce(answer, $6), error = coalesce($7, error), ${ONE_RECORDING},
               recording_error = $8, is_dead = $9::float8 is null, leased_by = null,
               due_at = now() + coalesce($9::float8, 0) * interval '1 millisecond'
         where ${NAMED} and ${IN_THE_SAME_ATTEMPT}`,
      values: [...nameOf(request), ...attemptOf(request), ...valuesOf(end), error, restMs],
    });
    if (rowCount === 0) await this.keep(request, end);
  }
}

const NAMED = `(tenant_id, kind, id) = ($1, $2, $3) and state = 'pending'`;

const nameOf = ({ tenantId, kind, id }: PendingRequest): readonly unknown[] => [tenantId, kind, id];

/** Nobody has leased it since. Whoever keeps how a call ended begins the first recording by it, without a lease of its own. */
const IN_THE_SAME_ATTEMPT = '(attempts, greatest(recordings, 1)) = ($4, $5)';

const attemptOf = ({ attempt, kept }: PendingRequest): readonly unknown[] => [attempt, kept?.recording ?? 1];

const ONE_RECORDING = 'recordings = greatest(recordings, 1)';

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
