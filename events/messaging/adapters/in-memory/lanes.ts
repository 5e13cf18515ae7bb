import { uuidV7 } from '#shared-kernel/uuid';
import {
  BUSY,
  type EnlistedLane,
  type Lane,
  type LaneBatch,
  type LaneStanding,
  type LaneStorage,
  type Reception,
  type StartOf,
} from '../../lanes/lane-storage.ts';
import type { LogPosition, RecordedEvent } from '../../log/log.ts';
import type { Subscriber } from '../../lanes/subscriber.ts';
import { type LaneRow, lanesOf, laneRowOf } from './lane-rows.ts';
import { MEMORY } from './log.ts';
import { parkedRowsOf, parkRow, type ParkedRow } from './parked.ts';
import type { InMemoryStore } from './store.ts';
import type { StagedTables } from './tables.ts';
import type { MemoryTransaction } from './transaction.ts';

/** Batches of a lane that are remembered. */
const HISTORY = 1_000;

/** A process that dies takes its memory along: no start of a trial is ever found unended. */
const NO_CRASH_IS_SURVIVED = 0;
/** A look costs nothing here. */
const NEVER_IN_STRIDE = false;

/** Lanes in memory. */
export class InMemoryLanes<Scope> implements LaneStorage<Scope> {
  readonly #store: InMemoryStore<Scope>;
  readonly #held = new Set<string>();

  constructor(store: InMemoryStore<Scope>) {
    this.#store = store;
  }

  async enlist(subscribers: readonly Subscriber<Scope>[], startOf: StartOf): Promise<readonly EnlistedLane[]> {
    return this.#store.transaction(async ({ staged }) =>
      Promise.all(subscribers.map((subscriber) => enlistOne(staged, subscriber, startOf))),
    );
  }

  async standing(lane: Lane): Promise<LaneStanding> {
    return this.#store.transaction(async ({ staged }) => standingOf(staged, lane));
  }

  async positions(): Promise<ReadonlyMap<string, LogPosition>> {
    return this.#store.transaction(
      async ({ staged }) =>
        new Map(
          lanesOf(staged)
            .all()
            .map(({ id, at }) => [id, at]),
        ),
    );
  }

  async receptions(events: readonly RecordedEvent[]): Promise<readonly Reception[]> {
    return this.#store.transaction(async ({ staged }) =>
      lanesOf(staged)
        .all()
        .flatMap((row) => events.map((event) => receptionOf(staged, row, event))),
    );
  }

  async inBatch<Result>(lane: Lane, work: (batch: LaneBatch<Scope>) => Promise<Result>): Promise<Result | typeof BUSY> {
    if (this.#held.has(lane.id)) return BUSY;
    this.#held.add(lane.id);
    try {
      return await this.#store.transaction((transaction) => this.#run(lane, transaction, work));
    } finally {
      this.#held.delete(lane.id);
    }
  }

  async pause(lane: Lane, reason: string): Promise<void> {
    await this.#change(lane, (row) => ({ ...row, pausedBecause: reason }));
  }

  async resume(lane: Lane): Promise<void> {
    await this.#change(lane, (row) => ({ ...row, pausedBecause: null }));
  }

  async #run<Result>(
    lane: Lane,
    transaction: MemoryTransaction,
    work: (batch: LaneBatch<Scope>) => Promise<Result>,
  ): Promise<Result> {
    const { staged } = transaction;
    const before = laneRowOf(staged, lane);
    let to: LogPosition | undefined;
    const result = await work({
      at: before.at,
      server: MEMORY,
      pausedBecause: before.pausedBecause,
      hasParked: parkedRowsOf(staged, lane).length > 0,
      isClear: NEVER_IN_STRIDE,
      earlierStarts: NO_CRASH_IS_SURVIVED,
      scopeOf: (tenantId) => this.#store.scopeOf(transaction, tenantId),
      findBlocked: async (events) => findBlocked(parkedRowsOf(staged, lane), events),
      park: (event, because) => parkRow(staged, lane, event, because, this.#store.now()),
      advanceTo: (position, onRecorded) => {
        to = position;
        onRecorded?.(new Date(this.#store.now()));
      },
    });
    if (to) this.#advance(staged, lane, to);
    return result;
  }

  #advance(staged: StagedTables, lane: Lane, to: LogPosition): void {
    const row = laneRowOf(staged, lane);
    const passed = [...row.passed, { to: to.position, at: new Date(this.#store.now()) }].slice(-HISTORY);
    lanesOf(staged).put(lane.id, { ...row, at: to, passed });
  }

  async #change(lane: Lane, change: (row: LaneRow) => LaneRow): Promise<void> {
    await this.#store.transaction(async ({ staged }) => lanesOf(staged).put(lane.id, change(laneRowOf(staged, lane))));
  }
}

async function enlistOne<Scope>(
  staged: StagedTables,
  subscriber: Subscriber<Scope>,
  startOf: StartOf,
): Promise<EnlistedLane> {
  const names = [subscriber.name, ...subscriber.aliases].toReversed();
  const known = lanesOf(staged)
    .all()
    .find((row) => row.names.some((name) => names.includes(name)));
  const row = known ?? {
    id: uuidV7(),
    names,
    at: await startOf(subscriber),
    pausedBecause: null,
    passed: [],
  };
  lanesOf(staged).put(row.id, { ...row, names: [...new Set([...row.names, ...names])] });
  const lane = { id: row.id, subscriber: subscriber.name };
  return { ...lane, standing: standingOf(staged, lane) };
}

function standingOf(staged: StagedTables, lane: Lane): LaneStanding {
  const { at, pausedBecause } = laneRowOf(staged, lane);
  const parked = parkedRowsOf(staged, lane);
  const failed = parked.filter(({ attempts }) => attempts > 0);
  return { at, pausedBecause, parkedKeys: countKeys(parked), failedKeys: countKeys(failed), replayUntil: 0 };
}

const countKeys = (parked: readonly ParkedRow[]): number =>
  new Set(parked.map(({ event }) => JSON.stringify([event.tenantId, event.key ?? event.id]))).size;

/** Attempts are forgotten with the end that they had. */
function receptionOf(staged: StagedTables, { id, names, at, passed }: LaneRow, event: RecordedEvent): Reception {
  const reception = { eventId: event.id, names, at: passed.find(({ to }) => to >= event.position)?.at ?? null };
  const parked = parkedRowsOf(staged, { id }).find((row) => row.event.id === event.id);
  if (parked) {
    const { attempts, error, isDead } = parked;
    return { ...reception, state: isDead ? 'dead' : 'parked', attempts, error };
  }
  const state = at.position >= event.position ? 'handled' : 'waiting';
  return { ...reception, state, attempts: 0, error: null };
}

const findBlocked = (parked: readonly ParkedRow[], events: readonly RecordedEvent[]): ReadonlySet<RecordedEvent> =>
  new Set(events.filter((event) => parked.some(({ event: held }) => isHeldBy(held, event))));

const isHeldBy = (held: RecordedEvent, { position, key, tenantId }: RecordedEvent): boolean =>
  held.position === position || (key !== null && held.key === key && held.tenantId === tenantId);
