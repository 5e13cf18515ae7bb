import type { Lane, ParkingReason } from '#events/messaging/lanes/lane-storage';
import type { RecordedEvent } from '#events/messaging/log/log';
import {
  eventsOf,
  type ParkedEvent,
  type FailedAttempt,
  type ParkedStorage,
  type Wish,
} from '#events/messaging/parking/parked-storage';
import type { Backend, Statement } from '../database/backend.ts';
import { uniqueViolation } from '../database/failures.ts';
import type { ParkedRow, Schema } from '../database/rows.ts';
import type { OfficeScope } from '../office/scope.ts';
import type { SimulatedStore } from './store.ts';

/** Parked events in the tiny database, statement by statement as they are in PostgreSQL. */
export class SimulatedParked implements ParkedStorage<OfficeScope> {
  readonly #store: SimulatedStore;

  constructor(store: SimulatedStore) {
    this.#store = store;
  }

  async takeDue(lane: Lane, { most, pauseMs }: Wish): Promise<ParkedEvent | undefined> {
    const { schema, has, suspicions } = this.#store;
    return this.#store.transaction(lane.subscriber, async (unit) => {
      const row = await unit.transaction.query(`${lane.subscriber}: take a parked event`, this.#takeable(lane));
      if (!row) return undefined;
      const behind =
        most > 1 && row.attempts === 0 && row.event.key !== null
          ? await unit.transaction.query(
              `${lane.subscriber}: what waits behind it`,
              followersOf(schema, lane, row.event),
            )
          : [];
      const { event } = row;
      const attempts = row.attempts + 1;
      if (suspicions.raise(lane, event)) suspicions.charge(lane, event);
      if (has('attemptsAreSpentFirst'))
        unit.sendLast((backend) =>
          changeRow(schema, lane, event, () => ({ ...row, attempts, dueAt: backend.now + pauseMs(attempts) }))(backend),
        );
      unit.onLoss(() => suspicions.confirm(lane, event));
      return { event, attempt: attempts, followers: behind.slice(0, most - 1) };
    });
  }

  async nextDueIn(lane: Lane): Promise<number | undefined> {
    const { schema } = this.#store;
    return this.#store.query(`${lane.subscriber}: when is one due`, (backend) => {
      const due = this.#headsOf(parkedOf(backend, schema, lane)).map(({ dueAt }) => dueAt);
      return due.length === 0 ? undefined : Math.max(0, Math.min(...due) - backend.now);
    });
  }

  async inRetry(lane: Lane, parked: ParkedEvent, work: (scope: OfficeScope) => Promise<void>): Promise<boolean> {
    const { event } = parked;
    const events = eventsOf(parked);
    const { schema, has, suspicions } = this.#store;
    const isDone = await this.#store.transaction(lane.subscriber, async (unit) => {
      const isOurs = await unit.transaction.query(
        `${lane.subscriber}: hold ${event.position}`,
        hold(schema, lane, events),
      );
      if (!isOurs && has('retriesHoldTheirRow')) return false;
      await work(unit.scopeOf(event.tenantId));
      for (const each of events) unit.sendLast(changeRow(schema, lane, each, () => undefined));
      return true;
    });
    if (isDone) suspicions.drop(lane, event);
    return isDone;
  }

  async recordFailure(lane: Lane, { event, attempt }: ParkedEvent, { isDead, restMs }: FailedAttempt): Promise<void> {
    const { schema, suspicions } = this.#store;
    suspicions.drop(lane, event);
    await this.#store.change(`${lane.subscriber}: note the failure of ${event.position}`, (backend) =>
      changeRow(schema, lane, event, (row) =>
        row.attempts === attempt && !row.isDead ? { ...row, isDead, dueAt: backend.now + restMs } : row,
      )(backend),
    );
  }

  /** Who cannot give an attempt back now does so later; who comes too late, when it is being tried anew, does not. */
  async refund(lane: Lane, { event, attempt }: ParkedEvent, restMs: number): Promise<void> {
    const { schema, has, suspicions } = this.#store;
    const attempts = has('attemptsAreGivenBack') ? attempt - 1 : attempt;
    const isGivenBack = await this.#store.change(
      `${lane.subscriber}: give back an attempt on ${event.position}`,
      function* (backend) {
        const key = keyOf(lane, event);
        yield* backend.holdRow(schema.parked, key);
        const row = backend.get(schema.parked, key);
        const isOurs = row?.attempts === attempt && !row.isDead;
        if (isOurs) backend.set(schema.parked, key, { ...row, attempts, dueAt: backend.now + restMs });
        return isOurs;
      },
    );
    if (isGivenBack) suspicions.drop(lane, event);
    else suspicions.confirm(lane, event);
  }

  #takeable(lane: Lane): Statement<ParkedRow | undefined> {
    const { schema } = this.#store;
    const headsOf = (rows: readonly ParkedRow[]) => this.#headsOf(rows);
    return function* (backend) {
      const due = headsOf(parkedOf(backend, schema, lane)).filter(({ dueAt }) => dueAt <= backend.now);
      yield;
      for (const { event } of due.toSorted((a, b) => a.dueAt - b.dueAt)) {
        if (!backend.tryHoldRow(schema.parked, keyOf(lane, event))) continue;
        const row = backend.get(schema.parked, keyOf(lane, event));
        if (row && !row.isDead && row.dueAt <= backend.now) return row;
      }
      return undefined;
    };
  }

  /** The oldest of each key, but those that wait for an operator. */
  #headsOf(rows: readonly ParkedRow[]): ParkedRow[] {
    const { has } = this.#store;
    const isBehind = ({ event }: ParkedRow) =>
      rows.some(({ event: other }) => isOfOneKey(other, event) && other.position < event.position);
    return rows.filter((row) => !row.isDead && !(has('onlyHeadsAreTried') && isBehind(row)));
  }
}

export const parkedOf = (backend: Backend, schema: Schema, { id }: Pick<Lane, 'id'>): ParkedRow[] =>
  backend.all(schema.parked).filter(({ laneId }) => laneId === id);

export const findBlocked = (
  schema: Schema,
  lane: Lane,
  events: readonly RecordedEvent[],
): Statement<ReadonlySet<RecordedEvent>> =>
  // oxlint-disable-next-line require-yield
  function* (backend) {
    const parked = parkedOf(backend, schema, lane);
    return new Set(events.filter((event) => parked.some(({ event: held }) => isOfOneKey(held, event))));
  };

export const park = (schema: Schema, lane: Lane, event: RecordedEvent, because: ParkingReason): Statement<void> =>
  function* (backend) {
    const key = keyOf(lane, event);
    yield* backend.holdRow(schema.parked, key);
    if (backend.get(schema.parked, key)) throw uniqueViolation(key);
    const hasFailed = because.kind === 'failed';
    const dueAt = backend.now + (hasFailed ? because.restMs : 0);
    backend.set(schema.parked, key, { laneId: lane.id, event, attempts: hasFailed ? 1 : 0, dueAt, isDead: false });
  };

const hold = (schema: Schema, lane: Lane, events: readonly RecordedEvent[]): Statement<boolean> =>
  // oxlint-disable-next-line require-yield
  function* (backend) {
    const keys = events.map((event) => keyOf(lane, event));
    return keys.every(
      (key) => backend.tryHoldRow(schema.parked, key) && backend.get(schema.parked, key)?.isDead === false,
    );
  };

/** What waits right behind a head, up to the first that was tried before, or is dead. */
const followersOf = (schema: Schema, lane: Lane, head: RecordedEvent): Statement<readonly RecordedEvent[]> =>
  // oxlint-disable-next-line require-yield
  function* (backend) {
    const behind = parkedOf(backend, schema, lane)
      .filter(({ event }) => isOfOneKey(event, head) && event.position > head.position)
      .toSorted((a, b) => a.event.position - b.event.position);
    const held = behind.findIndex(({ attempts, isDead }) => attempts > 0 || isDead);
    return behind.slice(0, held === -1 ? behind.length : held).map(({ event }) => event);
  };

const changeRow = (
  schema: Schema,
  lane: Lane,
  event: RecordedEvent,
  change: (row: ParkedRow) => ParkedRow | undefined,
): Statement<void> =>
  function* (backend) {
    const key = keyOf(lane, event);
    yield* backend.holdRow(schema.parked, key);
    const row = backend.get(schema.parked, key);
    if (row) backend.set(schema.parked, key, change(row));
  };

const keyOf = (lane: Lane, event: RecordedEvent) => `${lane.id}/${event.position}`;

export const isOfOneKey = (a: RecordedEvent, b: RecordedEvent) =>
  a.key !== null && a.key === b.key && a.tenantId === b.tenantId;
