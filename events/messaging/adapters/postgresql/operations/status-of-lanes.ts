import pg from 'pg';
import type { KnownSubscriber } from './lane-of.ts';
import { handledThrough, isLost } from './lost-lane.ts';
import { isInForce, newestLedgerRowOf } from '../lanes/lane-positions.ts';

/** Rows of the log that one look reads for one lane, before it; of more it takes them as a sample. */
export const MOST_LOOKED_AT = 20_000;
/** Positions behind a lane of which one look counts the events, for its rate: people only read that, and each lane costs anew. */
const RATE_SAMPLE = 2_000;
/** Batches that a rate is taken over: of the last minute, but no more than these. */
const BATCHES = 20;
const BLOCKED_SHOWN = 20;

export interface LaneRow extends pg.QueryResultRow {
  readonly names: readonly string[];
  readonly position: number;
  readonly still_seconds: number;
  readonly paused_because: string | null;
  readonly is_retired: boolean;
  readonly is_orphaned: boolean;
  readonly lost_after: number | null;
  readonly behind: number;
  readonly looked_at: number;
  readonly looked_up_to: number;
  readonly oldest_id: string | null;
  readonly oldest_position: number | null;
  readonly oldest_recorded_at: Date | null;
  readonly behind_seconds: number | null;
  readonly handled: number;
  readonly handled_in: number;
  readonly parked: number;
  readonly dead: number;
  readonly blocked: readonly string[];
  readonly blocked_count: number;
  readonly held_by: number | null;
}

/**
 * All lanes of these contexts in one statement. Those that are retired only where that may be a mistake: code still has them, or
 * something is parked there. What each known subscriber wants is in the text, which is as long-lived as the code: without a
 * parameter a statement that stays prepared is planned at its first execution only, not at each of the first five.
 */
export const lanesQuery = (contexts: readonly string[], subscribers: readonly KnownSubscriber[]): string => `
  with wanted as materialized (select * from json_to_recordset(${wantedBy(subscribers)}) w (name text, types text[])),
       -- an advisory lock on a 64-bit key shows its upper half as classid and its lower as objid
       held as materialized (
         select pid, (classid::bigint << 32) | objid::bigint as lane_id from pg_locks
          where locktype = 'advisory' and objsubid = 1 and granted
            and database = (select oid from pg_database where datname = current_database()))
  ${contexts.map(laneQuery).join(' union all ')} order by names`;

const wantedBy = (subscribers: readonly KnownSubscriber[]): string =>
  pg.escapeLiteral(JSON.stringify(subscribers.map(({ name, types }) => ({ name, types }))));

const laneQuery = (context: string): string => `
  select l.names, newest.to_position as position, l.paused_because, l.retired_at is not null as is_retired, mine.types is null as is_orphaned,
         case when ${isLost('newest')} then ${handledThrough(context, 'l')} end as lost_after,
         extract(epoch from clock_timestamp() - newest.recorded_at)::float8 as still_seconds,
         lag.*, recent.*, parked.*,
         (select pid from held where held.lane_id = l.id limit 1) as held_by
    from ${context}.lane l
   cross join lateral ${newestLedgerRowOf(context, 'l.id')} newest
    left join lateral (select types from wanted where name = any(l.names) limit 1) mine on true
   cross join lateral (
         select count(*) filter (where is_mine) as behind, count(*) as looked_at, coalesce(max(position), 0) as looked_up_to,
                (array_agg(id order by position) filter (where is_mine))[1] as oldest_id,
                min(position) filter (where is_mine) as oldest_position,
                min(recorded_at) filter (where is_mine) as oldest_recorded_at,
                extract(epoch from clock_timestamp() - min(recorded_at) filter (where is_mine))::float8 as behind_seconds
           from (select id, position, recorded_at, type = any(mine.types) as is_mine from messaging.log
                  where position > newest.to_position order by position limit ${MOST_LOOKED_AT}) ahead) lag
   cross join lateral (
         select (select count(*) from messaging.log
                  where position > newest.to_position - first.looked_at and position <= newest.to_position
                    and type = any(mine.types))::float8 * first.positions / greatest(1, first.looked_at) as handled,
                first.seconds as handled_in
           from (select newest.to_position - min(to_position) as positions,
                        least(newest.to_position - min(to_position), ${RATE_SAMPLE}) as looked_at,
                        case when count(*) < ${BATCHES} then 60 else extract(epoch from clock_timestamp() - min(recorded_at)) end::float8 as seconds
                   from (select case when count(*) over () < ${BATCHES} then greatest(from_position, 0) else to_position end as to_position, recorded_at
                           from (select from_position, to_position, recorded_at from ${context}.ledger
                                  where lane_id = l.id and from_position >= 0 order by from_position desc limit ${BATCHES}) latest
                          where recorded_at > clock_timestamp() - interval '1 minute') batches) first) recent
   cross join lateral (
         select count(*) filter (where not is_dead) as parked, count(*) filter (where is_dead) as dead,
                (array(select distinct key from ${context}.parked p
                        where p.lane_id = l.id and key is not null order by key limit ${BLOCKED_SHOWN})) as blocked,
                count(distinct key) as blocked_count
           from ${context}.parked where lane_id = l.id) parked
   where l.retired_at is null
      or (${isInForce(context, 'l')} and (mine.types is not null or parked.parked + parked.dead > 0))`;
