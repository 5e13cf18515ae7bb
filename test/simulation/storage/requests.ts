import type { PendingRequest, RequestStorage } from '#events/messaging/request-storage';
import type { Backend } from '../database/backend.ts';
import type { RequestRow, Schema } from '../database/rows.ts';
import type { OfficeScope } from '../office/scope.ts';
import type { SimulatedStore } from './store.ts';

/** Requests in the tiny database, statement by statement as they are in PostgreSQL. */
export class SimulatedRequests implements RequestStorage<OfficeScope> {
  readonly #store: SimulatedStore;

  constructor(store: SimulatedStore) {
    this.#store = store;
  }

  async lease(kinds: readonly string[], limit: number, leaseMs: number): Promise<readonly PendingRequest[]> {
    const { schema, has } = this.#store;
    return this.#store.change(`${schema.context}: lease requests`, function* (backend) {
      const isDue = ({ state, dueAt }: RequestRow) => state === 'pending' && dueAt <= backend.now;
      const pending = pendingOf(backend, schema);
      const heads = pending
        .filter((row) => isDue(row) && kinds.includes(row.kind))
        .filter((row) => !has('requestsOfAKeyWait') || !pending.some((other) => isBefore(other, row)))
        .slice(0, limit);
      yield;
      const leased: PendingRequest[] = [];
      for (const { tenantId, kind, id } of heads) {
        const name = nameOf({ tenantId, kind, id });
        if (!backend.tryHoldRow(schema.requests, name)) continue;
        const row = backend.get(schema.requests, name)!;
        if (!isDue(row)) continue;
        backend.set(schema.requests, name, { ...row, attempts: row.attempts + 1, dueAt: backend.now + leaseMs });
        leased.push(toPending(row, row.attempts + 1));
      }
      return leased;
    });
  }

  async inAnswer(
    request: PendingRequest,
    _answer: unknown,
    work: (scope: OfficeScope) => Promise<void>,
  ): Promise<boolean> {
    return this.#end(request, 'answered', work);
  }

  async inFailure(
    request: PendingRequest,
    _error: string,
    work: (scope: OfficeScope) => Promise<void>,
  ): Promise<boolean> {
    return this.#end(request, 'failed', work);
  }

  async postpone(request: PendingRequest, _error: string, pauseMs: number): Promise<void> {
    const { requests } = this.#store.schema;
    await this.#store.change(`postpone ${request.id}`, function* (backend) {
      yield* backend.holdRow(requests, nameOf(request));
      const row = backend.get(requests, nameOf(request))!;
      if (row.state === 'pending') backend.set(requests, nameOf(request), { ...row, dueAt: backend.now + pauseMs });
    });
  }

  /** The end is written first and locks the request: only one process gets to say what it means. */
  async #end(
    request: PendingRequest,
    state: 'answered' | 'failed',
    work: (scope: OfficeScope) => Promise<void>,
  ): Promise<boolean> {
    const { schema, has } = this.#store;
    return this.#store.transaction(request.kind, async (unit) => {
      const isOurs = await unit.transaction.query(`end ${request.id}`, function* (backend) {
        yield* backend.holdRow(schema.requests, nameOf(request));
        const row = backend.get(schema.requests, nameOf(request))!;
        if (row.state !== 'pending' && has('answersAreKeptOnce')) return false;
        backend.set(schema.requests, nameOf(request), { ...row, state });
        return true;
      });
      if (!isOurs) return false;
      await work(unit.scopeOf(request.tenantId));
      return true;
    });
  }
}

/** Whether a pending request makes another of its key wait. */
export const isBefore = (older: RequestRow, row: Pick<RequestRow, 'tenantId' | 'kind' | 'key' | 'sequence'>): boolean =>
  row.key !== null &&
  older.tenantId === row.tenantId &&
  older.kind === row.kind &&
  older.key === row.key &&
  older.sequence < row.sequence;

export const pendingOf = (backend: Backend, schema: Schema): RequestRow[] =>
  backend.all(schema.requests).filter(({ state }) => state === 'pending');

export const nameOf = ({ tenantId, kind, id }: Pick<RequestRow, 'tenantId' | 'kind' | 'id'>) =>
  `${tenantId}/${kind}/${id}`;

export const toPending = (row: RequestRow, attempt: number): PendingRequest => {
  const { tenantId, kind, id, key, payload, execution } = row;
  return { tenantId, kind, id, key, payload, attempt, execution };
};
