import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { EnlistedLane, Lane, LaneStanding, StartOf } from '../../../lanes/lane-storage.ts';
import type { LogPosition } from '../../../log/log.ts';
import type { Subscriber } from '../../../lanes/subscriber.ts';
import { isInForce, newestLedgerRowOf } from './lane-positions.ts';
import { send, type Statement } from '../transactions/statement.ts';
import type { FinalStatement } from '../transactions/transaction.ts';
import type { PostgresUnit } from '../transactions/unit.ts';

interface StandingRow {
  readonly id: string;
  readonly names: readonly string[];
  readonly to_position: number;
  readonly to_id: string | null;
  readonly paused_because: string | null;
  readonly parked_keys: number;
  readonly failed_keys: number;
  readonly replay_until: number;
}

type Unit = Pick<PostgresUnit<never>, 'transaction' | 'sendLast'>;
type Enlisting = Pick<Subscriber<never>, 'name' | 'aliases' | 'startAt'>;

/** The lanes of a context by the names of their subscribers, and where each stands. */
export class LaneRoster {
  readonly #schema: string;

  constructor(schema: string) {
    this.#schema = schema;
  }

  /** Finds the lanes of subscribers, under any name they had, also those that were retired; makes those that are not there. */
  async enlist(unit: Unit, subscribers: readonly Enlisting[], startOf: StartOf): Promise<readonly EnlistedLane[]> {
    await unit.transaction.query(holdRoster(this.#schema));
    const known = await unit.transaction.query<StandingRow>(this.#standings());
    return Promise.all(subscribers.map((subscriber) => this.#enlistOne(unit, subscriber, known.rows, startOf)));
  }

  async standing(pool: pg.Pool, lane: Lane): Promise<LaneStanding> {
    const { rows } = await send<StandingRow>(pool, this.#standings(lane));
    return toStanding(rows[0]!);
  }

  async #enlistOne(
    unit: Unit,
    subscriber: Enlisting,
    known: readonly StandingRow[],
    startOf: StartOf,
  ): Promise<EnlistedLane> {
    const names = [subscriber.name, ...subscriber.aliases];
    const row = known.find((candidate) => candidate.names.some((name) => names.includes(name)));
    if (!row) return this.#create(unit, subscriber.name, names, await startOf(subscriber));
    if (!names.every((name) => row.names.includes(name))) unit.sendLast(this.#learnNames(row.id, names));
    return { id: row.id, subscriber: subscriber.name, standing: toStanding(row) };
  }

  #create(unit: Unit, subscriber: string, names: readonly string[], at: LogPosition): EnlistedLane {
    const id = newLaneId();
    unit.sendLast({
      text: `insert into ${this.#schema}.lane (id, names) values ($1, $2)`,
      values: [id, names.toReversed()],
    });
    unit.sendLast({
      text: `insert into ${this.#schema}.ledger (lane_id, from_position, to_position, to_id) values ($1, -1, $2, $3)`,
      values: [id, at.position, at.eventId],
    });
    return { id, subscriber, standing: { at, pausedBecause: null, parkedKeys: 0, failedKeys: 0, replayUntil: 0 } };
  }

  /** A lane keeps every name it had: during a rolling deploy the old code still finds it. */
  #learnNames(id: string, names: readonly string[]): FinalStatement {
    return {
      text: `update ${this.#schema}.lane set names = names || array(select name from unnest($2::text[]) name where name <> all (names)) where id = $1`,
      values: [id, names.toReversed()],
    };
  }

  #standings(lane?: Lane) {
    return {
      name: `${this.#schema}.${lane ? 'standing' : 'standings'}`,
      text: `
        select l.id::text, l.names, l.paused_because, l.replay_until, newest.to_position, newest.to_id, parked.*
          from ${this.#schema}.lane l cross join lateral ${newestLedgerRowOf(this.#schema, 'l.id')} newest
         cross join lateral (
               select count(distinct (p.tenant_id, coalesce(p.key, p.id::text))) as parked_keys,
                      count(distinct (p.tenant_id, coalesce(p.key, p.id::text))) filter (where p.attempts > 0) as failed_keys
                 from ${this.#schema}.parked p where p.lane_id = l.id) parked
         where ${lane ? 'l.id = $1' : isInForce(this.#schema, 'l')}`,
      values: lane ? [lane.id] : [],
    };
  }
}

/** A random 63-bit number, as text: advisory locks are shared by the whole database. */
export const newLaneId = (): string => (randomBytes(8).readBigUInt64BE() >> 1n).toString();

/** Until its transaction ends nobody else makes, replaces or retires lanes of a context. */
export const holdRoster = (context: string): Statement => ({
  text: 'select pg_advisory_xact_lock(hashtextextended($1, 0))',
  values: [`${context}.lane`],
});

const toStanding = (row: StandingRow): LaneStanding => ({
  at: { position: row.to_position, eventId: row.to_id },
  pausedBecause: row.paused_because,
  parkedKeys: row.parked_keys,
  failedKeys: row.failed_keys,
  replayUntil: row.replay_until,
});
