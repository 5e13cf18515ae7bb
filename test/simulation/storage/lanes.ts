import {
  type Beginning,
  BUSY,
  type EnlistedLane,
  type Lane,
  type LaneBatch,
  type LaneStanding,
  type LaneStorage,
  type Reception,
  type StartOf,
  type Stride,
} from '#events/messaging/lanes/lane-storage';
import type { LogPosition, RecordedEvent, ServerRun } from '#events/messaging/log/log';
import type { Subscriber } from '#events/messaging/lanes/subscriber';
import type { Backend, Statement } from '../database/backend.ts';
import type { LaneRow, ParkedRow } from '../database/rows.ts';
import type { OfficeScope } from '../office/scope.ts';
import type { Connection } from './connection.ts';
import { advance, advanceInStride, newestOf } from './ledger.ts';
import { findBlocked, park, parkedOf } from './parked.ts';
import type { SimulatedStore } from './store.ts';
import { SimulatedTrials, tryLane } from './trials.ts';
import type { SimulatedUnit } from './unit.ts';

interface Opening {
  readonly isLocked: boolean;
  readonly server: ServerRun;
  readonly at: LogPosition;
  readonly pausedBecause: string | null;
  readonly hasParked: boolean;
}

/** Lanes in the tiny database, statement by statement as they are in PostgreSQL. */
export class SimulatedLanes implements LaneStorage<OfficeScope> {
  readonly #store: SimulatedStore;
  readonly #trials: SimulatedTrials;
  /** What a worker would go by that trusts its memory. */
  readonly #remembered = new Map<string, Pick<Opening, 'at' | 'hasParked'>>();

  constructor(store: SimulatedStore) {
    this.#store = store;
    this.#trials = new SimulatedTrials(store);
  }

  async enlist(subscribers: readonly Subscriber<OfficeScope>[], startOf: StartOf): Promise<readonly EnlistedLane[]> {
    const { schema } = this.#store;
    return this.#store.transaction('enlist', async (unit) => {
      const known = await unit.transaction.query('enlist: who is known', function* (backend) {
        yield* backend.hold(`enlist ${schema.context}`);
        yield;
        return backend.all(schema.lanes).map((row) => ({ row, standing: standingOf(backend, schema, row) }));
      });
      return Promise.all(
        subscribers.map(async (subscriber): Promise<EnlistedLane> => {
          const found = known.find(({ row }) => row.subscriber === subscriber.name);
          if (found) return { id: found.row.id, subscriber: subscriber.name, standing: found.standing };
          return this.#create(unit, subscriber.name, await startOf(subscriber));
        }),
      );
    });
  }

  async standing(lane: Lane): Promise<LaneStanding> {
    const { schema } = this.#store;
    return this.#store.query(`${lane.subscriber}: standing`, (backend) =>
      standingOf(backend, schema, backend.get(schema.lanes, lane.id)!),
    );
  }

  async positions(): Promise<ReadonlyMap<string, LogPosition>> {
    const { schema } = this.#store;
    return this.#store.query(
      `${schema.context}: positions`,
      (backend) => new Map(backend.all(schema.lanes).map(({ id }) => [id, newestOf(backend, schema, id)])),
    );
  }

  async receptions(): Promise<readonly Reception[]> {
    return [];
  }

  async inBatch<Result>(
    lane: Lane,
    work: (batch: LaneBatch<OfficeScope>) => Promise<Result>,
    beginning?: Beginning,
  ): Promise<Result | typeof BUSY> {
    if (!beginning) return this.#store.transaction(lane.subscriber, (unit) => this.#run(lane, unit, 0, work));
    if ('stride' in beginning)
      return this.#store.transaction(lane.subscriber, (unit) =>
        work(this.#batchInStride(lane, unit, beginning.stride)),
      );
    return this.#store.pool.lend((connection) => this.#runOnTrial(connection, lane, beginning.trial, work));
  }

  async pause(lane: Lane, reason: string): Promise<void> {
    await this.#setPause(lane, reason);
  }

  async resume(lane: Lane): Promise<void> {
    await this.#setPause(lane, null);
  }

  /** Holds the lane on one connection while the start is recorded in a transaction of its own, so that no twin mistakes it. */
  async #runOnTrial<Result>(
    connection: Connection,
    lane: Lane,
    trial: RecordedEvent,
    work: (batch: LaneBatch<OfficeScope>) => Promise<Result>,
  ): Promise<Result | typeof BUSY> {
    const earlierStarts = await this.#trials.begin(connection, lane, trial);
    if (earlierStarts === BUSY) return BUSY;
    try {
      return await this.#store.transactionOn(connection, lane.subscriber, (unit) => {
        unit.endWith(this.#trials.ending(lane, trial));
        unit.onCommit(() => this.#trials.noteEnd(lane, trial));
        return this.#run(lane, unit, earlierStarts, work);
      });
    } catch (error) {
      await this.#trials.end(connection, lane, trial);
      throw error;
    }
  }

  async #run<Result>(
    lane: Lane,
    unit: SimulatedUnit,
    earlierStarts: number,
    work: (batch: LaneBatch<OfficeScope>) => Promise<Result>,
  ): Promise<Result | typeof BUSY> {
    const { schema, has } = this.#store;
    const opening = await unit.transaction.query(`${lane.subscriber}: open a batch`, this.#opening(lane));
    if (!opening.isLocked) return BUSY;
    const remembered = this.#remembered.get(lane.id) ?? opening;
    const at = has('rowsDecide') ? opening.at : remembered.at;
    const hasParked = has('blockedKeysAreRead') ? opening.hasParked : remembered.hasParked;
    const memory = { at, hasParked };
    this.#remembered.set(lane.id, memory);
    return work({
      at,
      server: opening.server,
      pausedBecause: opening.pausedBecause,
      hasParked,
      isClear: !hasParked,
      earlierStarts,
      scopeOf: (tenantId) => unit.scopeOf(tenantId),
      findBlocked: (events) =>
        unit.transaction.query(`${lane.subscriber}: find the blocked`, findBlocked(schema, lane, events)),
      park: (event, because) => {
        memory.hasParked = true;
        unit.sendLast(park(schema, lane, event, because));
      },
      advanceTo: (to) => {
        unit.onCommit(() => void (memory.at = to));
        unit.sendLast(advance(schema, lane, at, to, has));
      },
    });
  }

  #batchInStride(lane: Lane, unit: SimulatedUnit, stride: Stride): LaneBatch<OfficeScope> {
    const { schema, has } = this.#store;
    return {
      ...stride,
      pausedBecause: null,
      hasParked: false,
      isClear: true,
      earlierStarts: 0,
      scopeOf: (tenantId) => unit.scopeOf(tenantId),
      findBlocked: async () => new Set(),
      park: (event, because) => unit.sendLast(park(schema, lane, event, because)),
      advanceTo: (to) => {
        unit.onCommit(() => void this.#remembered.set(lane.id, { at: to, hasParked: false }));
        unit.sendLast(advanceInStride(schema, lane, stride, to, has));
      },
    };
  }

  /** Where the lane stands is what the statement's snapshot shows, which is older than the lock that it takes. */
  #opening(lane: Lane): Statement<Opening> {
    const { schema } = this.#store;
    const lock = tryLane(lane, this.#store, 'transaction');
    return function* (backend) {
      const { pausedBecause } = backend.get(schema.lanes, lane.id)!;
      const at = newestOf(backend, schema, lane.id);
      const hasParked = parkedOf(backend, schema, lane).length > 0;
      yield;
      return { isLocked: yield* lock(backend), server: backend.server.run, at, pausedBecause, hasParked };
    };
  }

  #create(unit: SimulatedUnit, subscriber: string, start: LogPosition): EnlistedLane {
    const { schema } = this.#store;
    const id = this.#store.drawLaneId();
    unit.sendLast(function* (backend) {
      yield;
      backend.set(schema.lanes, id, { id, subscriber, start, pausedBecause: null });
      backend.set(schema.ledgerOf(id), '-1', { from: -1, to: start });
    });
    return {
      id,
      subscriber,
      standing: { at: start, pausedBecause: null, parkedKeys: 0, failedKeys: 0, replayUntil: 0 },
    };
  }

  async #setPause(lane: Lane, pausedBecause: string | null): Promise<void> {
    const { lanes } = this.#store.schema;
    await this.#store.change(`${lane.subscriber}: pause or resume`, function* (backend) {
      yield* backend.holdRow(lanes, lane.id);
      backend.set(lanes, lane.id, { ...backend.get(lanes, lane.id)!, pausedBecause });
    });
  }
}

function standingOf(backend: Backend, schema: SimulatedStore['schema'], lane: LaneRow): LaneStanding {
  const parked = parkedOf(backend, schema, { id: lane.id });
  const failed = parked.filter(({ attempts }) => attempts > 0);
  const at = newestOf(backend, schema, lane.id);
  return {
    at,
    pausedBecause: lane.pausedBecause,
    parkedKeys: countKeys(parked),
    failedKeys: countKeys(failed),
    replayUntil: 0,
  };
}

const countKeys = (parked: readonly ParkedRow[]): number =>
  new Set(parked.map(({ event }) => `${event.tenantId}/${event.key ?? event.id}`)).size;
