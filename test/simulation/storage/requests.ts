import { isAnswered, isInTheSameAttempt, keptEnd } from '#events/messaging/requests/late-ends';
import type { CallEnd, PendingRequest, RequestStorage, Setback } from '#events/messaging/requests/request-storage';
import { type Room, whileThereIsRoom } from '#events/messaging/requests/room';
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

  async lease(room: Room, leaseMs: number): Promise<readonly PendingRequest[]> {
    const { schema, has } = this.#store;
    return this.#store.change(`${schema.context}: lease requests`, function* (backend) {
      const isDue = ({ state, isDead, dueAt }: RequestRow) => state === 'pending' && !isDead && dueAt <= backend.now;
      const pending = pendingOf(backend, schema);
      const heads = pending
        .filter(isDue)
        .filter((row) => !has('requestsOfAKeyWait') || !pending.some((other) => isBefore(other, row)))
        .filter(whileThereIsRoom((kind) => room.get(kind) ?? 0));
      yield;
      const leased: PendingRequest[] = [];
      for (const { tenantId, kind, id } of heads) {
        const name = nameOf({ tenantId, kind, id });
        if (!backend.tryHoldRow(schema.requests, name)) continue;
        const row = backend.get(schema.requests, name)!;
        if (!isDue(row)) continue;
        const begun = beginOn(row);
        backend.set(schema.requests, name, { ...begun, dueAt: backend.now + leaseMs });
        leased.push(toPending(begun));
      }
      return leased;
    });
  }

  async giveBack(requests: readonly PendingRequest[]): Promise<void> {
    for (const request of requests)
      await this.#change('give back', request, (row, now) => {
        const { attempt, kept: { recording } = { recording: 0 } } = request;
        if (row.attempts !== attempt || row.recordings !== recording) return {};
        const unspent = row.end === null ? { attempts: attempt - 1 } : { recordings: recording - 1 };
        return { ...unspent, dueAt: now };
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
    await this.#change('postpone', request, (row, now) =>
      isInTheSameAttempt(row, request) ? { dueAt: now + pauseMs } : {},
    );
  }

  async keep(request: PendingRequest, end: CallEnd): Promise<void> {
    await this.#change('keep', request, (row) => keptEnd(row, request, end));
  }

  async setBack(request: PendingRequest, end: CallEnd, { restMs }: Setback): Promise<void> {
    await this.#change('set back', request, (row, now) => ({
      ...keptEnd(row, request, end),
      ...(isInTheSameAttempt(row, request) && { dueAt: now + (restMs ?? 0), isDead: restMs === null }),
    }));
  }

  async #change(
    what: string,
    request: PendingRequest,
    change: (row: RequestRow, now: number) => Partial<RequestRow>,
  ): Promise<void> {
    const { requests } = this.#store.schema;
    await this.#store.change(`${what} ${request.id}`, function* (backend) {
      yield* backend.holdRow(requests, nameOf(request));
      const row = backend.get(requests, nameOf(request))!;
      if (row.state === 'pending') backend.set(requests, nameOf(request), { ...row, ...change(row, backend.now) });
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
        if (state === 'failed' && isAnswered(row)) return false;
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

/** The oldest pending request of each key. */
export function headsOf(backend: Backend, schema: Schema): RequestRow[] {
  const pending = pendingOf(backend, schema);
  return pending.filter((row) => !pending.some((other) => isBefore(other, row)));
}

export const nameOf = ({ tenantId, kind, id }: Pick<RequestRow, 'tenantId' | 'kind' | 'id'>) =>
  `${tenantId}/${kind}/${id}`;

/** Whoever leases it begins a call; where that has ended already, a recording of it. */
export const beginOn = (row: RequestRow): RequestRow =>
  row.end === null ? { ...row, attempts: row.attempts + 1 } : { ...row, recordings: row.recordings + 1 };

export const toPending = (row: RequestRow): PendingRequest => {
  const { tenantId, kind, id, key, payload, execution, attempts, end, recordings } = row;
  const pending = { tenantId, kind, id, key, payload, attempt: attempts, execution };
  return end === null ? pending : { ...pending, kept: { end, recording: recordings } };
};
