import type pg from 'pg';
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
} from '../../../lanes/lane-storage.ts';
import type { LogPosition, RecordedEvent, ServerRun } from '../../../log/log.ts';
import type { Subscriber } from '../../../lanes/subscriber.ts';
import { advanceInStrideStatement, advanceStatement } from './fence.ts';
import { findLanePositions, newestLedgerRowOf } from './lane-positions.ts';
import { LaneRoster } from './lane-roster.ts';
import { SERVER_RUN } from '../log/server-run.ts';
import { findBlocked, parkStatement } from './parked.ts';
import { findReceptions } from './receptions.ts';
import { send } from '../transactions/statement.ts';
import { PostgresTrials } from './trials.ts';
import type { PostgresStore } from '../store.ts';
import type { PostgresUnit } from '../transactions/unit.ts';

interface OpeningRow {
  readonly locked: boolean;
  readonly server: ServerRun;
  readonly to_position: number;
  readonly to_id: string | null;
  readonly paused_because: string | null;
  readonly has_parked: boolean;
  readonly suspect_at: number | null;
  readonly is_replaying: boolean;
  /** A replay that must not call the outside again. */
  readonly is_silent: boolean;
}

/** A lane on which there is nothing to look at. */
const CLEAR = { pausedBecause: null, hasParked: false, isClear: true, earlierStarts: 0, suspectAt: null };

/** Lanes in a context's schema: the ledger is at once their checkpoint and their fence. */
export class PostgresLanes<Scope> implements LaneStorage<Scope> {
  readonly #store: PostgresStore<Scope>;
  readonly #schema: string;
  readonly #roster: LaneRoster;
  readonly #trials: PostgresTrials;

  constructor(store: PostgresStore<Scope>) {
    this.#store = store;
    this.#schema = store.context;
    this.#roster = new LaneRoster(store.context);
    this.#trials = new PostgresTrials(store.context);
  }

  async enlist(subscribers: readonly Subscriber<Scope>[], startOf: StartOf): Promise<readonly EnlistedLane[]> {
    return this.#store.transaction((unit) => this.#roster.enlist(unit, subscribers, startOf));
  }

  async standing(lane: Lane): Promise<LaneStanding> {
    return this.#roster.standing(this.#store.pool, lane);
  }

  async positions(): Promise<ReadonlyMap<string, LogPosition>> {
    return findLanePositions(this.#store.pool, [this.#schema]);
  }

  async receptions(events: readonly RecordedEvent[]): Promise<readonly Reception[]> {
    return findReceptions(this.#store.pool, this.#schema, events);
  }

  async inBatch<Result>(
    lane: Lane,
    work: (batch: LaneBatch<Scope>) => Promise<Result>,
    beginning?: Beginning,
  ): Promise<Result | typeof BUSY> {
    if (!beginning) return this.#store.transaction((unit) => this.#run(lane, unit, 0, work));
    if ('stride' in beginning) return this.#runInStride(lane, beginning, work);
    return this.#store.withConnection((client) => this.#runOnTrial(client, lane, beginning.trial, work));
  }

  async pause(lane: Lane, reason: string): Promise<void> {
    await this.#setPause(lane, reason);
  }

  async resume(lane: Lane): Promise<void> {
    await this.#setPause(lane, null);
  }

  /** The fence keeps it from happening twice. */
  #runInStride<Result>(
    lane: Lane,
    { stride, isLight }: Extract<Beginning, { readonly stride: Stride }>,
    work: (batch: LaneBatch<Scope>) => Promise<Result>,
  ): Promise<Result> {
    const run = (unit: PostgresUnit<Scope>) => work(this.#batchInStride(lane, unit, stride));
    return isLight ? this.#store.sharedTransaction(run) : this.#store.transaction(run);
  }

  /** Holds the lane on one connection for the whole trial, so that no twin mistakes its start. */
  async #runOnTrial<Result>(
    client: pg.PoolClient,
    lane: Lane,
    trial: RecordedEvent,
    work: (batch: LaneBatch<Scope>) => Promise<Result>,
  ): Promise<Result | typeof BUSY> {
    const earlierStarts = await this.#trials.begin(client, lane, trial);
    if (earlierStarts === BUSY) return BUSY;
    try {
      return await this.#store.transactionOn(client, (unit) => {
        unit.endWith(this.#trials.ending(lane, trial));
        return this.#run(lane, unit, earlierStarts, work);
      });
    } catch (error) {
      await this.#trials.end(client, lane, trial);
      throw error;
    }
  }

  async #run<Result>(
    lane: Lane,
    unit: PostgresUnit<Scope>,
    earlierStarts: number,
    work: (batch: LaneBatch<Scope>) => Promise<Result>,
  ): Promise<Result | typeof BUSY> {
    const { rows } = await unit.transaction.query<OpeningRow>(this.#opening(lane));
    const opening = rows[0]!;
    if (!opening.locked) return BUSY;
    if (opening.is_silent) unit.withholdRequests();
    const at: LogPosition = { position: opening.to_position, eventId: opening.to_id };
    return work({
      ...this.#means(lane, unit),
      at,
      server: opening.server,
      pausedBecause: opening.paused_because,
      hasParked: opening.has_parked,
      isClear: !opening.has_parked && opening.suspect_at === null && !opening.is_replaying,
      earlierStarts,
      suspectAt: opening.suspect_at,
      advanceTo: (to, onRecorded) => unit.sendLast(advanceStatement(this.#schema, lane, at, to, onRecorded)),
    });
  }

  #batchInStride(lane: Lane, unit: PostgresUnit<Scope>, stride: Stride): LaneBatch<Scope> {
    return {
      ...this.#means(lane, unit),
      ...stride,
      ...CLEAR,
      advanceTo: (to, onRecorded) =>
        unit.sendLast(advanceInStrideStatement(this.#schema, lane, stride, to, onRecorded)),
    };
  }

  #means(lane: Lane, unit: PostgresUnit<Scope>): Pick<LaneBatch<Scope>, 'scopeOf' | 'findBlocked' | 'park'> {
    return {
      scopeOf: (tenantId) => unit.scopeOf(tenantId),
      findBlocked: (events) => findBlocked(unit.transaction, this.#schema, lane, events),
      park: (event, because) => unit.sendLast(parkStatement(this.#schema, lane, event, because)),
    };
  }

  #opening(lane: Lane) {
    return {
      name: `${this.#schema}.open-batch`,
      text: `
        select pg_try_advisory_xact_lock(l.id) as locked, ${SERVER_RUN} as server,
               newest.to_position, newest.to_id, l.paused_because,
               newest.to_position < l.replay_until as is_replaying,
               newest.to_position < l.replay_until and not l.replay_makes_calls as is_silent,
               exists (select from ${this.#schema}.parked p where p.lane_id = l.id) as has_parked,
               (select t.position from ${this.#schema}.trial t
                 where t.lane_id = l.id and t.position > newest.to_position) as suspect_at
          from ${this.#schema}.lane l cross join lateral ${newestLedgerRowOf(this.#schema, 'l.id')} newest
         where l.id = $1`,
      values: [lane.id],
    };
  }

  async #setPause(lane: Lane, reason: string | null): Promise<void> {
    await send(this.#store.pool, {
      text: `update ${this.#schema}.lane set paused_because = $2, paused_at = case when $2::text is null then null else now() end where id = $1`,
      values: [lane.id, reason],
    });
  }
}
