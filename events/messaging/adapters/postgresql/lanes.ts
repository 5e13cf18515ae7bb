import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { Fenced } from '../../failure.ts';
import {
  BUSY,
  type EnlistedLane,
  type Handling,
  type Lane,
  type LaneBatch,
  type LaneStanding,
  type LaneStorage,
  type StartOf,
} from '../../lane-storage.ts';
import type { LogPosition, RecordedEvent, ServerRun } from '../../log.ts';
import type { Subscriber } from '../../subscriber.ts';
import { findLanePositions, newestLedgerRowOf } from './lane-positions.ts';
import { SERVER_RUN } from './server-run.ts';
import { findBlocked, parkStatement } from './parked.ts';
import { send } from './statement.ts';
import { PostgresTrials } from './trials.ts';
import type { PostgresStore } from './store.ts';
import type { FinalStatement } from './transaction.ts';
import type { PostgresUnit } from './unit.ts';

interface StandingRow {
  readonly id: string;
  readonly names: readonly string[];
  readonly to_position: number;
  readonly to_id: string | null;
  readonly paused_because: string | null;
  readonly parked_keys: number;
  readonly replay_until: number;
}

interface OpeningRow {
  readonly locked: boolean;
  readonly server: ServerRun;
  readonly to_position: number;
  readonly to_id: string | null;
  readonly paused_because: string | null;
  readonly has_parked: boolean;
  readonly suspect_at: number | null;
  /** A replay that must not call the outside again. */
  readonly is_silent: boolean;
}

/** Lanes in a context's schema: the ledger is at once their checkpoint and their fence. */
export class PostgresLanes<Scope> implements LaneStorage<Scope> {
  readonly #store: PostgresStore<Scope>;
  readonly #schema: string;
  readonly #trials: PostgresTrials;

  constructor(store: PostgresStore<Scope>) {
    this.#store = store;
    this.#schema = store.context;
    this.#trials = new PostgresTrials(store.context);
  }

  async enlist(subscribers: readonly Subscriber<Scope>[], startOf: StartOf): Promise<readonly EnlistedLane[]> {
    return this.#store.transaction(async (unit) => {
      await unit.transaction.query({
        text: 'select pg_advisory_xact_lock(hashtextextended($1, 0))',
        values: [`${this.#schema}.lane`],
      });
      const known = await unit.transaction.query<StandingRow>(this.#standings());
      return Promise.all(subscribers.map((subscriber) => this.#enlistOne(unit, subscriber, known.rows, startOf)));
    });
  }

  async standing(lane: Lane): Promise<LaneStanding> {
    const { rows } = await send<StandingRow>(this.#store.pool, this.#standings(lane));
    return toStanding(rows[0]!);
  }

  async positions(): Promise<ReadonlyMap<string, LogPosition>> {
    return findLanePositions(this.#store.pool, [this.#schema]);
  }

  async handledAt(positions: readonly number[]): Promise<readonly Handling[]> {
    const { rows } = await send<{ position: number; names: string[]; recorded_at: Date }>(this.#store.pool, {
      name: `${this.#schema}.handled-at`,
      text: `
        select wanted.position, l.names, passed.recorded_at
          from unnest($1::bigint[]) wanted (position) cross join ${this.#schema}.lane l
          join lateral (select to_position, recorded_at from ${this.#schema}.ledger
                         where lane_id = l.id and from_position < wanted.position
                         order by from_position desc limit 1) passed on passed.to_position >= wanted.position`,
      values: [positions],
    });
    return rows.map(({ position, names, recorded_at }) => ({ position, names, at: recorded_at }));
  }

  async inBatch<Result>(
    lane: Lane,
    work: (batch: LaneBatch<Scope>) => Promise<Result>,
    trial?: RecordedEvent,
  ): Promise<Result | typeof BUSY> {
    if (!trial) return this.#store.transaction((unit) => this.#run(lane, unit, 0, work));
    return this.#store.withConnection((client) => this.#runOnTrial(client, lane, trial, work));
  }

  async pause(lane: Lane, reason: string): Promise<void> {
    await this.#setPause(lane, reason);
  }

  async resume(lane: Lane): Promise<void> {
    await this.#setPause(lane, null);
  }

  /** Holds the lane on one connection for the whole trial, so that no twin mistakes its start. */
  async #runOnTrial<Result>(
    client: pg.PoolClient,
    lane: Lane,
    trial: RecordedEvent,
    work: (batch: LaneBatch<Scope>) => Promise<Result>,
  ): Promise<Result | typeof BUSY> {
    if (!(await this.#trials.hold(client, lane))) return BUSY;
    try {
      const earlierStarts = await this.#trials.begin(client, lane, trial);
      return await this.#store.transactionOn(client, (unit) => this.#run(lane, unit, earlierStarts, work));
    } finally {
      await this.#trials.end(client, lane, trial);
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
      at,
      server: opening.server,
      pausedBecause: opening.paused_because,
      hasParked: opening.has_parked,
      earlierStarts,
      suspectAt: opening.suspect_at,
      scopeOf: (tenantId) => unit.scopeOf(tenantId),
      findBlocked: (events) => findBlocked(unit.transaction, this.#schema, lane, events),
      park: (event, because) => unit.sendLast(parkStatement(this.#schema, lane, event, because)),
      advanceTo: (to) => unit.sendLast(this.#advance(lane, at, to)),
    });
  }

  #opening(lane: Lane) {
    return {
      name: `${this.#schema}.open-batch`,
      text: `
        select pg_try_advisory_xact_lock(l.id) as locked, ${SERVER_RUN} as server,
               newest.to_position, newest.to_id, l.paused_because,
               newest.to_position < l.replay_until and not l.replay_makes_calls as is_silent,
               exists (select from ${this.#schema}.parked p where p.lane_id = l.id) as has_parked,
               (select t.position from ${this.#schema}.trial t
                 where t.lane_id = l.id and t.position > newest.to_position) as suspect_at
          from ${this.#schema}.lane l cross join lateral ${this.#newestOf('l.id')} newest
         where l.id = $1`,
      values: [lane.id],
    };
  }

  /**
   * The fence: the new row begins where the newest row ends, if that is what this worker believes, and ends at a row of the
   * log. What was read before the log went back (failover, restore) ends nowhere; where its end survived and something before
   * it did not, the batch has found before that another server answers.
   */
  #advance(lane: Lane, from: LogPosition, to: LogPosition): FinalStatement {
    return {
      name: `${this.#schema}.advance`,
      text: `
        insert into ${this.#schema}.ledger (lane_id, from_position, to_position, to_id)
        values ($1, case when ${IS_IN_LOG} then
          (select newest.to_position from ${this.#newestOf('$1')} newest where newest.to_position = $2) end, $3, $4)`,
      values: [lane.id, from.position, to.position, to.eventId],
      explain: (error) =>
        FENCE_CODES.has((error as { code?: string }).code ?? '') ? new Fenced(lane.subscriber) : error,
    };
  }

  #newestOf(laneId: string): string {
    return newestLedgerRowOf(this.#schema, laneId);
  }

  #standings(lane?: Lane) {
    return {
      name: `${this.#schema}.${lane ? 'standing' : 'standings'}`,
      text: `
        select l.id::text, l.names, l.paused_because, l.replay_until, newest.to_position, newest.to_id,
               (select count(distinct coalesce(p.key, p.id::text)) from ${this.#schema}.parked p where p.lane_id = l.id) as parked_keys
          from ${this.#schema}.lane l cross join lateral ${this.#newestOf('l.id')} newest
         where ${lane ? 'l.id = $1' : 'l.retired_at is null'}`,
      values: lane ? [lane.id] : [],
    };
  }

  async #enlistOne(
    unit: PostgresUnit<Scope>,
    subscriber: Subscriber<Scope>,
    known: readonly StandingRow[],
    startOf: StartOf,
  ): Promise<EnlistedLane> {
    const names = [subscriber.name, ...subscriber.aliases];
    const row = known.find((candidate) => candidate.names.some((name) => names.includes(name)));
    if (!row) return this.#create(unit, subscriber.name, names, await startOf(subscriber));
    if (!names.every((name) => row.names.includes(name))) this.#learnNames(unit, row.id, names);
    return { id: row.id, subscriber: subscriber.name, standing: toStanding(row) };
  }

  #create(unit: PostgresUnit<Scope>, subscriber: string, names: readonly string[], at: LogPosition): EnlistedLane {
    const id = (randomBytes(8).readBigUInt64BE() >> 1n).toString();
    unit.sendLast({
      text: `insert into ${this.#schema}.lane (id, names) values ($1, $2)`,
      values: [id, names.toReversed()],
    });
    unit.sendLast({
      text: `insert into ${this.#schema}.ledger (lane_id, from_position, to_position, to_id) values ($1, -1, $2, $3)`,
      values: [id, at.position, at.eventId],
    });
    return { id, subscriber, standing: { at, pausedBecause: null, parkedKeys: 0, replayUntil: 0 } };
  }

  /** A lane keeps every name it had: during a rolling deploy the old code still finds it. */
  #learnNames(unit: PostgresUnit<Scope>, id: string, names: readonly string[]): void {
    unit.sendLast({
      text: `update ${this.#schema}.lane set names = names || array(select name from unnest($2::text[]) name where name <> all (names)) where id = $1`,
      values: [id, names.toReversed()],
    });
  }

  async #setPause(lane: Lane, reason: string | null): Promise<void> {
    await send(this.#store.pool, {
      text: `update ${this.#schema}.lane set paused_because = $2, paused_at = case when $2::text is null then null else now() end where id = $1`,
      values: [lane.id, reason],
    });
  }
}

const IS_IN_LOG = '$4::uuid is null or exists (select from messaging.log where position = $3 and id = $4)';

/** not_null_violation: no such predecessor, or no such event; unique_violation: a twin was first. */
const FENCE_CODES = new Set(['23502', '23505']);

const toStanding = (row: StandingRow): LaneStanding => ({
  at: { position: row.to_position, eventId: row.to_id },
  pausedBecause: row.paused_because,
  parkedKeys: row.parked_keys,
  replayUntil: row.replay_until,
});
