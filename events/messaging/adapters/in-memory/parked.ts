import type { Lane, ParkingReason } from '../../lanes/lane-storage.ts';
import type { RecordedEvent } from '../../log/log.ts';
import type { KnownVersions } from '../../facts/codec.ts';
import {
  eventsOf,
  type ParkedEvent,
  type FailedAttempt,
  type ParkedStorage,
  type Wish,
} from '../../parking/parked-storage.ts';
import { laneRowOf } from './lane-rows.ts';
import type { InMemoryStore } from './store.ts';
import type { StagedTables } from './tables.ts';

export interface ParkedRow {
  readonly laneId: string;
  readonly event: RecordedEvent;
  readonly attempts: number;
  readonly dueAt: number;
  readonly error: string | null;
  readonly isDead: boolean;
}

/** Parked events in memory. */
export class InMemoryParked<Scope> implements ParkedStorage<Scope> {
  readonly #store: InMemoryStore<Scope>;

  constructor(store: InMemoryStore<Scope>) {
    this.#store = store;
  }

  async takeDue(lane: Lane, { known, most, pauseMs }: Wish): Promise<ParkedEvent | undefined> {
    return this.#store.transaction(async ({ staged }) => {
      const row = headsOf(staged, lane, known).find(({ dueAt }) => dueAt <= this.#store.now());
      if (!row) return undefined;
      const attempt = row.attempts + 1;
      const followers = attempt === 1 ? followersOf(staged, lane, row, known).slice(0, most - 1) : [];
      put(staged, { ...row, attempts: attempt, dueAt: this.#store.now() + pauseMs(attempt) });
      return { event: row.event, attempt, followers };
    });
  }

  async nextDueIn(lane: Lane, known: KnownVersions): Promise<number | undefined> {
    return this.#store.transaction(async ({ staged }) => {
      const due = headsOf(staged, lane, known).map(({ dueAt }) => dueAt);
      return due.length === 0 ? undefined : Math.max(0, Math.min(...due) - this.#store.now());
    });
  }

  async inRetry(lane: Lane, parked: ParkedEvent, work: (scope: Scope) => Promise<void>): Promise<boolean> {
    return this.#store.transaction(async (transaction) => {
      const events = eventsOf(parked);
      const rows = events.map((event) => rowOf(transaction.staged, lane, event));
      if (rows.some((row) => !row || row.isDead)) return false;
      await work(this.#store.scopeOf(transaction, parked.event.tenantId));
      for (const event of events) table(transaction.staged).delete(rowKey(lane.id, event));
      return true;
    });
  }

  async recordFailure(lane: Lane, parked: ParkedEvent, { error, isDead, restMs }: FailedAttempt): Promise<void> {
    await this.#endAttempt(lane, parked, { error, isDead, dueAt: this.#store.now() + restMs });
  }

  async refund(lane: Lane, parked: ParkedEvent, restMs: number): Promise<void> {
    await this.#endAttempt(lane, parked, { attempts: parked.attempt - 1, dueAt: this.#store.now() + restMs });
  }

  async #endAttempt(lane: Lane, { event, attempt }: ParkedEvent, change: Partial<ParkedRow>): Promise<void> {
    await this.#store.transaction(async ({ staged }) => {
      const row = rowOf(staged, lane, event);
      if (row?.attempts === attempt && !row.isDead) put(staged, { ...row, ...change });
    });
  }
}

export function parkRow(
  staged: StagedTables,
  lane: Lane,
  event: RecordedEvent,
  because: ParkingReason,
  now: number,
): void {
  if (rowOf(staged, lane, event)) return;
  const hasFailed = because.kind === 'failed';
  put(staged, {
    laneId: lane.id,
    event,
    attempts: hasFailed ? 1 : 0,
    dueAt: hasFailed ? now + because.restMs : now,
    error: because.kind === 'behind' ? null : because.error,
    isDead: false,
  });
}

export const parkedRowsOf = (staged: StagedTables, lane: Pick<Lane, 'id'>): ParkedRow[] =>
  table(staged)
    .all()
    .filter(({ laneId }) => laneId === lane.id)
    .toSorted((a, b) => a.event.position - b.event.position);

/** Those that the lane has come to: what is parked further on than it stands waits until a replay has brought it there. */
function reachedRowsOf(staged: StagedTables, lane: Lane): ParkedRow[] {
  const { at } = laneRowOf(staged, lane);
  return parkedRowsOf(staged, lane).filter(({ event }) => event.position <= at.position);
}

/** The oldest of each key, but those that wait for an operator, or for newer code. */
function headsOf(staged: StagedTables, lane: Lane, known: KnownVersions): ParkedRow[] {
  const seen = new Set<string>();
  const isHead = ({ event }: ParkedRow) => {
    const key = event.key === null ? event.id : `${event.tenantId}/${event.key}`;
    return seen.size !== seen.add(key).size;
  };
  return reachedRowsOf(staged, lane)
    .filter(isHead)
    .filter((row) => !row.isDead && isKnown(row, known));
}

function followersOf(staged: StagedTables, lane: Lane, { event: head }: ParkedRow, known: KnownVersions) {
  const behind = reachedRowsOf(staged, lane).filter(
    ({ event }) =>
      head.key !== null && event.key === head.key && event.tenantId === head.tenantId && event.position > head.position,
  );
  const held = behind.findIndex((row) => row.attempts > 0 || row.isDead || !isKnown(row, known));
  return behind.slice(0, held === -1 ? behind.length : held).map(({ event }) => event);
}

const isKnown = ({ event }: ParkedRow, known: KnownVersions) => event.version <= (known.get(event.type) ?? 0);

const table = (staged: StagedTables) => staged.shared<ParkedRow>('parked');

const rowKey = (laneId: string, event: RecordedEvent) => `${laneId}/${event.position}`;

const rowOf = (staged: StagedTables, lane: Lane, event: RecordedEvent) => table(staged).get(rowKey(lane.id, event));

const put = (staged: StagedTables, row: ParkedRow) => table(staged).put(rowKey(row.laneId, row.event), row);
