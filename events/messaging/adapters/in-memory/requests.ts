import { isAnswered, isInTheSameAttempt, keptEnd } from '../../requests/late-ends.ts';
import type { CallEnd, PendingRequest, RequestStorage, Setback } from '../../requests/request-storage.ts';
import { type Room, whileThereIsRoom } from '../../requests/room.ts';
import type { InMemoryStore } from './store.ts';
import type { StagedTables } from './tables.ts';
import { requestId, type MemoryTransaction, type RequestRow } from './transaction.ts';

/** Requests in memory. */
export class InMemoryRequests<Scope> implements RequestStorage<Scope> {
  readonly #store: InMemoryStore<Scope>;

  constructor(store: InMemoryStore<Scope>) {
    this.#store = store;
  }

  async lease(room: Room, leaseMs: number): Promise<readonly PendingRequest[]> {
    return this.#store.transaction(async ({ staged }) =>
      headsOf(staged)
        .filter(({ isDead, dueAt }) => !isDead && dueAt <= this.#store.now())
        .filter(whileThereIsRoom((kind) => room.get(kind) ?? 0))
        .map((row) => leaseRow(staged, row, this.#store.now() + leaseMs)),
    );
  }

  async giveBack(requests: readonly PendingRequest[]): Promise<void> {
    for (const request of requests)
      await this.#change(request, (row) => {
        const { attempt, kept: { recording } = { recording: 0 } } = request;
        if (row.attempts !== attempt || row.recordings !== recording) return {};
        const unspent = row.end === null ? { attempts: attempt - 1 } : { recordings: recording - 1 };
        return { ...unspent, dueAt: this.#store.now() };
      });
  }

  async inAnswer(request: PendingRequest, answer: unknown, work: (scope: Scope) => Promise<void>): Promise<boolean> {
    return this.#finish(request, work, { state: 'answered', end: { answer } });
  }

  async inFailure(request: PendingRequest, error: string, work: (scope: Scope) => Promise<void>): Promise<boolean> {
    return this.#finish(request, work, { state: 'failed', end: { error } });
  }

  async postpone(request: PendingRequest, _error: string, pauseMs: number): Promise<void> {
    const dueAt = this.#store.now() + pauseMs;
    await this.#change(request, (row) => (isInTheSameAttempt(row, request) ? { dueAt } : {}));
  }

  async keep(request: PendingRequest, end: CallEnd): Promise<void> {
    await this.#change(request, (row) => keptEnd(row, request, end));
  }

  async setBack(request: PendingRequest, end: CallEnd, { restMs }: Setback): Promise<void> {
    const dueAt = this.#store.now() + (restMs ?? 0);
    await this.#change(request, (row) => ({
      ...keptEnd(row, request, end),
      ...(isInTheSameAttempt(row, request) && { dueAt, isDead: restMs === null }),
    }));
  }

  async #change(request: PendingRequest, change: (row: RequestRow) => Partial<RequestRow>): Promise<void> {
    await this.#store.transaction(async ({ staged }) => {
      const row = pendingRow(staged, request);
      if (row) put(staged, { ...row, ...change(row) });
    });
  }

  async #finish(
    request: PendingRequest,
    work: (scope: Scope) => Promise<void>,
    end: Pick<RequestRow, 'state' | 'end'>,
  ): Promise<boolean> {
    return this.#store.transaction(async (transaction: MemoryTransaction) => {
      const row = pendingRow(transaction.staged, request);
      if (!row || (end.state === 'failed' && isAnswered(row))) return false;
      await work(this.#store.scopeOf(transaction, request.tenantId));
      put(transaction.staged, { ...row, ...end });
      return true;
    });
  }
}

export function leaseRow(staged: StagedTables, row: RequestRow, until: number): PendingRequest {
  const { tenantId, kind, id, key, payload, execution, end } = row;
  const attempts = row.attempts + Number(end === null);
  const recordings = row.recordings + Number(end !== null);
  put(staged, { ...row, attempts, recordings, dueAt: until });
  const pending = { tenantId, kind, id, key, payload, attempt: attempts, execution };
  return end === null ? pending : { ...pending, kept: { end, recording: recordings } };
}

/** The oldest pending request of each key: the others wait for it. */
export function headsOf(staged: StagedTables): RequestRow[] {
  const seen = new Set<string>();
  return table(staged)
    .all()
    .filter(({ state }) => state === 'pending')
    .toSorted((a, b) => a.sequence - b.sequence)
    .filter(({ tenantId, kind, key, id }) => seen.size !== seen.add(`${tenantId}/${kind}/${key ?? `id ${id}`}`).size);
}

export const isHead = (staged: StagedTables, { tenantId, kind, id }: RequestRow) =>
  headsOf(staged).some((head) => requestId(head.tenantId, head) === requestId(tenantId, { kind, id }));

const table = (staged: StagedTables) => staged.shared<RequestRow>('requests');

const put = (staged: StagedTables, row: RequestRow) => table(staged).put(requestId(row.tenantId, row), row);

function pendingRow(staged: StagedTables, request: PendingRequest): RequestRow | undefined {
  const row = table(staged).get(requestId(request.tenantId, request));
  return row?.state === 'pending' ? row : undefined;
}
