import { recordExecution } from '#events/messaging/units/execution';
import type { NewRequest } from '#events/messaging/requests/request';
import type { RequestTaker } from '#events/messaging/requests/request-storage';
import { whileThereIsRoom } from '#events/messaging/requests/room';
import type { TenantId } from '#shared-kernel/tenant';
import type { Statement } from '../database/backend.ts';
import type { RequestRow } from '../database/rows.ts';
import { isBefore, nameOf, pendingOf, toPending } from './requests.ts';
import type { SimulatedStore } from './store.ts';

type Recorded = RequestRow | 'known';
type Asked = Pick<RequestRow, 'tenantId' | 'kind' | 'id' | 'key' | 'payload' | 'execution'>;
/** Nothing has ended yet. */
const NEW = { state: 'pending', end: null, recordings: 0, isDead: false } as const;

/** The requests of one unit of work: recorded with its commit, and at once leased to this process where it has room. */
export class NewRequests {
  readonly #store: SimulatedStore;
  readonly #taker: RequestTaker | undefined;
  readonly #requests: Asked[] = [];

  constructor(store: SimulatedStore, taker: RequestTaker | undefined) {
    this.#store = store;
    this.#taker = taker;
  }

  add(tenantId: TenantId, { kind, id, key, payload }: NewRequest): void {
    const execution = recordExecution();
    this.#requests.push({ tenantId, kind, id, key, payload, execution });
  }

  statements(): Statement<Recorded>[] {
    const hasRoom = whileThereIsRoom((kind) => this.#taker?.room(kind) ?? 0);
    return this.#requests.map((request) => this.#insert(request, hasRoom(request)));
  }

  /** Gives the taker those that the commit leased to it. */
  handOver(results: readonly unknown[]): void {
    if (this.#requests.length === 0) return;
    const recorded = results.filter((result): result is RequestRow => result !== 'known');
    const leased = recorded.filter(({ attempts }) => attempts === 1);
    const others = recorded.filter(({ attempts }) => attempts === 0);
    this.#taker?.take(
      leased.map(toPending),
      others.map(({ kind }) => kind),
    );
  }

  get count(): number {
    return this.#requests.length;
  }

  #insert(request: Asked, isRoom: boolean): Statement<Recorded> {
    const { schema, has } = this.#store;
    const leaseMs = this.#taker?.leaseMs ?? 0;
    return function* (backend) {
      const sequence = backend.server.nextId();
      const isFree = !pendingOf(backend, schema).some((other) => isBefore(other, { ...request, sequence }));
      const name = nameOf(request);
      yield* backend.holdRow(schema.requests, name);
      if (backend.get(schema.requests, name)) return 'known';
      const isLeased = isRoom && (isFree || !has('requestsOfAKeyWait'));
      const dueAt = backend.now + (isLeased ? leaseMs : 0);
      const row: RequestRow = { ...request, ...NEW, sequence, attempts: isLeased ? 1 : 0, dueAt };
      backend.set(schema.requests, name, row);
      return row;
    };
  }
}
