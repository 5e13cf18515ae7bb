import type { PendingRequest, RequestStorage } from '../../request-storage.ts';
import type { InMemoryStore } from './store.ts';
import type { StagedTables } from './tables.ts';
import { requestId, type MemoryTransaction, type RequestRow } from './transaction.ts';

/** Requests in memory. */
export class InMemoryRequests<Scope> implements RequestStorage<Scope> {
  readonly #store: InMemoryStore<Scope>;

  constructor(store: InMemoryStore<Scope>) {
    this.#store = store;
  }

  async lease(kinds: readonly string[], limit: number, leaseMs: number): Promise<readonly PendingRequest[]> {
    return this.#store.transaction(async ({ staged }) =>
      headsOf(staged, kinds)
        .filter(({ dueAt }) => dueAt <= this.#store.now())
        .slice(0, limit)
        .map((row) => leaseRow(staged, row, this.#store.now() + leaseMs)),
    );
  }

  async inAnswer(request: PendingRequest, answer: unknown, work: (scope: Scope) => Promise<void>): Promise<boolean> {
    return this.#finish(request, work, { state: 'answered', answer });
  }

  async inFailure(request: PendingRequest, error: string, work: (scope: Scope) => Promise<void>): Promise<boolean> {
    return this.#finish(request, work, { state: 'failed', error });
  }

  async postpone(request: PendingRequest, error: string, pauseMs: number): Promise<void> {
    await this.#store.transaction(async ({ staged }) => {
      const row = pendingRow(staged, request);
      if (row) put(staged, { ...row, error, dueAt: this.#store.now() + pauseMs });
    });
  }

  async #finish(
    request: PendingRequest,
    work: (scope: Scope) => Promise<void>,
    end: Pick<RequestRow, 'state'> & Partial<RequestRow>,
  ): Promise<boolean> {
    return this.#store.transaction(async (transaction: MemoryTransaction) => {
      const row = pendingRow(transaction.staged, request);
      if (!row) return false;
      await work(this.#store.scopeOf(transaction, request.tenantId));
      put(transaction.staged, { ...row, ...end });
      return true;
    });
  }
}

export function leaseRow(staged: StagedTables, row: RequestRow, until: number): PendingRequest {
  const { tenantId, kind, id, key, payload, execution } = row;
  const attempt = row.attempts + 1;
  put(staged, { ...row, attempts: attempt, dueAt: until });
  return { tenantId, kind, id, key, payload, attempt, execution };
}

/** The oldest pending request of each key: the others wait for it. */
function headsOf(staged: StagedTables, kinds: readonly string[]): RequestRow[] {
  const seen = new Set<string>();
  return pendingRequestsOf(staged)
    .filter(({ kind }) => kinds.includes(kind))
    .filter(({ tenantId, kind, key, id }) => seen.size !== seen.add(`${tenantId}/${kind}/${key ?? `id ${id}`}`).size);
}

export const isHead = (staged: StagedTables, row: RequestRow) =>
  headsOf(staged, [row.kind]).some(({ id }) => id === row.id);

export const pendingRequestsOf = (staged: StagedTables) =>
  table(staged)
    .all()
    .filter(({ state }) => state === 'pending')
    .toSorted((a, b) => a.sequence - b.sequence);

const table = (staged: StagedTables) => staged.shared<RequestRow>('requests');

const put = (staged: StagedTables, row: RequestRow) => table(staged).put(requestId(row.tenantId, row), row);

function pendingRow(staged: StagedTables, request: PendingRequest): RequestRow | undefined {
  const row = table(staged).get(requestId(request.tenantId, request));
  return row?.state === 'pending' ? row : undefined;
}
