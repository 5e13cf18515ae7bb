import type pg from 'pg';
import type { TenantId } from '#shared-kernel/tenant';
import { recordExecution } from '../../../units/execution.ts';
import type { NewRequest } from '../../../requests/request.ts';
import type { PendingRequest, RequestTaker } from '../../../requests/request-storage.ts';
import { whileThereIsRoom } from '../../../requests/room.ts';
import { fewRows } from '../transactions/few-rows.ts';
import type { FinalStatement } from '../transactions/transaction.ts';

/** Whoever may perform requests as soon as they are recorded, and what its relay is called. */
interface Lessee {
  readonly taker: RequestTaker | undefined;
  readonly memberName?: string;
}

/** The requests of one unit of work: recorded with its commit, and at once leased to this process where it has room. */
export class NewRequests {
  readonly #schema: string;
  readonly #taker: RequestTaker | undefined;
  readonly #memberName: string | null;
  readonly #requests = new Map<string, PendingRequest>();
  #state: 'pending' | 'withheld' = 'pending';

  constructor(schema: string, { taker, memberName }: Lessee) {
    this.#schema = schema;
    this.#taker = taker;
    this.#memberName = memberName ?? null;
  }

  add(tenantId: TenantId, { kind, id, key, payload }: NewRequest): void {
    const request = { tenantId, kind, id, key, payload, attempt: 1, execution: recordExecution() };
    const name = nameOf(request);
    if (!this.#requests.has(name)) this.#requests.set(name, request);
  }

  withhold(): void {
    this.#state = 'withheld';
  }

  /** One statement for all of them; nothing when there are none. */
  statements(): FinalStatement[] {
    if (this.#requests.size === 0) return [];
    const roomFor = (kind: string) => (this.#state === 'pending' ? (this.#taker?.room(kind) ?? 0) : 0);
    return [this.#insert([...this.#requests.values()], roomFor)];
  }

  /** Gives the taker those that the commit leased to it; `results` begins with that of `statements`. */
  handOver(results: readonly pg.QueryResult[]): void {
    if (this.#requests.size === 0 || !this.#taker) return;
    const rows = results[0]!.rows as { tenant_id: TenantId; kind: string; id: string; attempts: number }[];
    const leased = rows
      .filter(({ attempts }) => attempts === 1)
      .map(({ tenant_id: tenantId, kind, id }) => ({ tenantId, kind, id }));
    this.#taker.take(
      leased.map((request) => this.#requests.get(nameOf(request))!),
      rows.filter(({ attempts }) => attempts === 0).map(({ kind }) => kind),
    );
  }

  /**
   * A request whose key has an unanswered older one is leased to nobody; one that is known already is left as it is, unless it was
   * only ever withheld.
   */
  #insert(requests: readonly PendingRequest[], roomFor: (kind: string) => number): FinalStatement {
    const table = `${this.#schema}.request`;
    const mayLease = markFirstOfKeys(requests, roomFor);
    const isOne = requests.length === 1;
    const columns = [
      requests.map(({ tenantId }) => tenantId),
      requests.map(({ kind }) => kind),
      requests.map(({ id }) => id),
      requests.map(({ key }) => key),
      requests.map(({ payload }) => JSON.stringify(this.#state === 'pending' ? payload : null)),
      requests.map(({ execution }) => JSON.stringify(execution)),
      mayLease,
    ];
    return {
      name: `${table}.record${isOne ? '-one' : ''}`,
      text: `
        insert into ${table} as known (tenant_id, kind, id, key, payload, execution, state, attempts, due_at, leased_by)
        select tenant_id, kind, id, key, payload, execution, $8, leased::int,
               clock_timestamp() + leased::int * $9::float8 * interval '1 millisecond', case when leased then $10::text end
          from (select r.*, r.may_lease and not exists (
                  select from ${table} older
                   where (older.tenant_id, older.kind, older.key) = (r.tenant_id, r.kind, r.key) and older.state = 'pending') as leased
                  from ${isOne ? ONE : SEVERAL} r (tenant_id, kind, id, key, payload, execution, may_lease)) r
        on conflict (tenant_id, kind, id) do update
           set state = excluded.state, payload = excluded.payload, attempts = excluded.attempts, due_at = excluded.due_at,
               leased_by = excluded.leased_by, recorded_at = excluded.recorded_at
         where known.state = 'withheld' and excluded.state = 'pending'
        returning tenant_id, kind, id, attempts`,
      values: [
        ...columns.map((column) => (isOne ? column[0] : column)),
        this.#state,
        this.#taker?.leaseMs ?? 0,
        this.#memberName,
      ],
    };
  }
}

const SEVERAL = fewRows(['text', 'text', 'text', 'text', 'json', 'json', 'boolean']);

/** The usual case: plain values spare both ends the arrays. */
const ONE = '(values ($1::text, $2::text, $3::text, $4::text, $5::json, $6::json, $7::boolean))';

const nameOf = ({ tenantId, kind, id }: Pick<PendingRequest, 'tenantId' | 'kind' | 'id'>) =>
  JSON.stringify([tenantId, kind, id]);

/** As many of each kind as there is room for, and of each key the first only: the others wait for it. */
function markFirstOfKeys(requests: readonly PendingRequest[], roomFor: (kind: string) => number): boolean[] {
  const seen = new Set<string>();
  const hasRoom = whileThereIsRoom(roomFor);
  return requests.map(({ tenantId, kind, key }) => {
    const isFirst = key === null || seen.size !== seen.add(JSON.stringify([tenantId, kind, key])).size;
    return isFirst && hasRoom({ kind });
  });
}
