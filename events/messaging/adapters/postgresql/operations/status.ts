import type pg from 'pg';
import type {
  AppenderStatus,
  LaneStatus,
  PoolStatus,
  PostOfficeStatus,
  UnsettledGap,
} from '../../../watching/status.ts';
import { POOL_NAME } from '../transactions/pool.ts';
import { MEMBERS } from '../relay/members.ts';
import { send } from '../transactions/statement.ts';
import { prepared } from '../transactions/statement-names.ts';
import { DESKS } from './desks.ts';
import type { KnownSubscriber } from './lane-of.ts';
import { readRequests } from './status-of-requests.ts';
import { type LaneRow, lanesQuery, MOST_LOOKED_AT } from './status-of-lanes.ts';

/** One look at a post office: a few statements, however many lanes there are. */
export async function readStatus(pool: pg.Pool, subscribers: readonly KnownSubscriber[]): Promise<PostOfficeStatus> {
  const { appenders: seen, pools, contexts, ...log } = await readLog(pool);
  const lanes = await readLanes(pool, { contexts, subscribers, end: log.end });
  const requests = await readRequests(pool, contexts);
  const furthest = Math.max(log.floor, ...lanes.map(({ position }) => position));
  const found = seen.length > 0 ? await findGap(pool, furthest) : undefined;
  const appenders = seen.map((appender) => ({ ...appender, seconds: appender.seconds ?? found?.seconds ?? null }));
  const gap = found ? { after: found.after, waiting: found.waiting } : null;
  return { ...log, lanes, requests, appenders, gap, pools };
}

type LogStatus = Omit<PostOfficeStatus, 'lanes' | 'requests' | 'gap'> & { readonly contexts: readonly string[] };

type LogRow = Omit<LogStatus, 'appenders' | 'pools'> & {
  readonly appenders: string;
  readonly pools: string;
};

async function readLog(pool: pg.Pool): Promise<LogStatus> {
  const { rows } = await send<LogRow>(pool, {
    name: 'messaging.status',
    text: `
      select coalesce((select position from messaging.log order by position desc limit 1), 0) as end,
             (select floor from messaging.log_identity) as floor,
             (select count(*) from (${MEMBERS}) member) as relays,
             (${APPENDERS}) as appenders,
             (${POOLS}) as pools,
             array(${DESKS}) as contexts`,
    values: [],
  });
  const { appenders, pools, ...log } = rows[0]!;
  return {
    ...log,
    appenders: JSON.parse(appenders) as AppenderStatus[],
    pools: JSON.parse(pools) as PoolStatus[],
  };
}

/** Of a backend of another role a role without pg_read_all_stats sees no more than that it is there. */
const IS_HIDDEN = '(a.pid is not null and a.state is null)';

/**
 * Nobody's backend has the locks of a prepared transaction. By which virtual transaction they go depends on the version, and on
 * whether the server has started anew; it is the same for all of them, and one is that of the transaction's own id.
 */
const PREPARED = `
  select own.virtualtransaction, p.gid, p.prepared
    from pg_locks own join pg_prepared_xacts p on p.transaction = own.transactionid
   where own.pid is null and own.locktype = 'transactionid'`;

/** Never expected: without a backend, and none of those that are prepared. It is told all the same. */
const IS_NAMELESS = '(l.pid is null and p.gid is null)';

/** Who holds the lock of an appender for a second or longer, or for nobody knows how long. */
const APPENDERS = `
  select coalesce(json_agg(one order by one.seconds desc nulls last), '[]') from (
    select l.pid, p.gid, extract(epoch from clock_timestamp() - coalesce(a.xact_start, p.prepared))::float8 as seconds,
           coalesce(a.state, 'prepared transaction ' || p.gid, case when l.pid is null then 'prepared transaction' end, 'unknown') as state,
           case when not ${IS_HIDDEN} then left(a.query, 200) end as query,
           case when ${IS_HIDDEN} then coalesce(a.usename, 'unknown') end as "hiddenBy"
      from pg_locks l
      left join pg_stat_activity a on a.pid = l.pid
      left join (${PREPARED}) p on l.pid is null and p.virtualtransaction = l.virtualtransaction
     where l.relation = 'messaging.log'::regclass and l.mode = 'RowExclusiveLock' and l.granted
       and l.database = (select oid from pg_database where datname = current_database())
       and (${IS_HIDDEN} or ${IS_NAMELESS} or clock_timestamp() - coalesce(a.xact_start, p.prepared) > interval '1 second')) one`;

/** A process that runs a relay tells the size of its pool by the name of its connections. */
const POOLS = `
  select coalesce(json_agg(one order by one.process), '[]') from (
    select split_part(application_name, ' ', 3) as process, split_part(application_name, ' ', 4)::int as size,
           count(*) filter (where state <> 'idle') as busy
      from pg_stat_activity where datname = current_database() and application_name ~ '^${POOL_NAME} [0-9]+ [0-9]+$'
       and split_part(application_name, ' ', 3) in (${MEMBERS})
     group by application_name) one`;

interface LanesWanted {
  readonly contexts: readonly string[];
  readonly subscribers: readonly KnownSubscriber[];
  readonly end: number;
}

async function readLanes(pool: pg.Pool, { contexts, subscribers, end }: LanesWanted): Promise<LaneStatus[]> {
  if (contexts.length === 0) return [];
  const { rows } = await send<LaneRow>(pool, prepared(lanesQuery(contexts, subscribers)));
  return rows.map((row) => toLaneStatus(row, end));
}

const toLaneStatus = (row: LaneRow, end: number): LaneStatus => ({
  subscriber: row.names.at(-1)!,
  position: row.position,
  ...behindOf(row, end),
  behindSeconds: Math.max(0, row.behind_seconds ?? 0),
  oldestUnhandled:
    row.oldest_id === null
      ? null
      : { id: row.oldest_id, position: row.oldest_position!, recordedAt: row.oldest_recorded_at! },
  rate: row.handled / Math.max(1, row.handled_in),
  stillSeconds: row.still_seconds,
  parked: row.parked,
  dead: row.dead,
  blockedKeys: row.blocked,
  blockedKeyCount: row.blocked_count,
  pausedBecause: row.paused_because,
  heldBy: row.held_by,
  isRetired: row.is_retired,
  isOrphaned: row.is_orphaned,
  lostAfter: row.lost_after,
});

/** Beyond what was looked at there are as many in a position as there. */
function behindOf({ position, behind, looked_at, looked_up_to }: LaneRow, end: number) {
  if (looked_at < MOST_LOOKED_AT || looked_up_to >= end) return { behind, isEstimated: false };
  return { behind: Math.round((behind * (end - position)) / (looked_up_to - position)), isEstimated: true };
}

/** With the age of the oldest fact behind it: its appender is older than that. */
type Gap = UnsettledGap & { readonly seconds: number };

/** The first hole after what is known to be settled, where there is anything behind it. */
async function findGap(pool: pg.Pool, settled: number): Promise<Gap | undefined> {
  const { rows } = await send<Gap>(pool, {
    name: 'messaging.gap',
    text: `
      with ahead as (select position, recorded_at from messaging.log where position > $1 order by position limit ${MOST_LOOKED_AT}),
           steps as (select position, lag(position, 1, $1::bigint) over (order by position) as before from ahead),
           gap as (select before as after from steps where position > before + 1 order by position limit 1)
      select after, count(*) as waiting, extract(epoch from clock_timestamp() - min(recorded_at))::float8 as seconds
        from gap join ahead on position > after group by after`,
    values: [settled],
  });
  return rows[0];
}
