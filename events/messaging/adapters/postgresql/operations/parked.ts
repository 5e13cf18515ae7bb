import type pg from 'pg';
import { isHead } from '../lanes/parked-heads.ts';
import { send } from '../transactions/statement.ts';
import type { Operator } from './audit.ts';
import { findLanes, type FoundLane, laneOf } from './lane-of.ts';

/** A parked event as an operator sees it. */
export interface ParkedItem {
  readonly subscriber: string;
  readonly eventId: string;
  readonly type: string;
  readonly tenantId: string;
  readonly key: string | null;
  readonly position: number;
  readonly attempts: number;
  readonly isDead: boolean;
  /** False for one that waits behind an older one of its key: only heads can be acted on. */
  readonly isHead: boolean;
  readonly parkedAt: Date;
  readonly dueAt: Date;
  readonly error: string | null;
}

/** Which parked events are meant; all that match every part that is given. */
export interface ParkedFilter {
  readonly subscriber?: string;
  readonly eventId?: string;
  readonly type?: string;
  readonly key?: string;
  /** A part of the error's text. */
  readonly error?: string;
  readonly isDead?: boolean;
}

interface ParkedRow extends pg.QueryResultRow {
  readonly id: string;
  readonly type: string;
  readonly tenant_id: string;
  readonly key: string | null;
  readonly position: number;
  readonly attempts: number;
  readonly is_dead: boolean;
  readonly is_head: boolean;
  readonly parked_at: Date;
  readonly due_at: Date;
  readonly error: string | null;
}

/** The oldest first, lane by lane. @throws {NoSuchLane} */
export async function listParked(pool: pg.Pool, filter: ParkedFilter, limit: number): Promise<readonly ParkedItem[]> {
  const items: ParkedItem[] = [];
  for (const lane of await lanesOf(pool, filter)) {
    const { rows } = await send<ParkedRow>(pool, {
      text: `${selectParked(lane)} order by position limit $7`,
      values: [...filterValues(lane, filter), limit - items.length],
    });
    items.push(...rows.map((row) => toItem(lane, row)));
  }
  return items;
}

/** How many match. @throws {NoSuchLane} */
export async function countParked(pool: pg.Pool, filter: ParkedFilter): Promise<number> {
  let count = 0;
  for (const lane of await lanesOf(pool, filter)) {
    const { rows } = await send<{ parked: number }>(pool, {
      text: `select count(*) as parked from ${matching(lane)}`,
      values: filterValues(lane, filter),
    });
    count += rows[0]!.parked;
  }
  return count;
}

/** Where the heads that match are, in their order, how many others wait behind them, and how many heads are not meant. */
export interface FoundHeads {
  readonly lane: FoundLane;
  readonly heads: readonly { readonly tenantId: string; readonly position: number }[];
  readonly behind: number;
  readonly leftAlone: number;
}

/** Leaves out those that waited when an operator skipped the head before them, for this reason. @throws {NoSuchLane} */
export async function findHeads(
  pool: pg.Pool,
  filter: ParkedFilter,
  skippedBy?: Operator,
): Promise<readonly FoundHeads[]> {
  return Promise.all((await lanesOf(pool, filter)).map((lane) => headsOf(pool, lane, filter, skippedBy)));
}

interface HeadRow extends pg.QueryResultRow {
  readonly tenant_id: string;
  readonly position: number;
  readonly behind: number;
  readonly is_left_alone: boolean;
}

async function headsOf(
  pool: pg.Pool,
  lane: FoundLane,
  filter: ParkedFilter,
  skippedBy: Operator | undefined,
): Promise<FoundHeads> {
  const { rows } = await send<HeadRow>(pool, {
    text: `
      select tenant_id, position,
             (select count(*) from ${lane.context}.parked later
               where later.lane_id = $1 and later.tenant_id = p.tenant_id and later.key = p.key and later.position > p.position) as behind,
             exists (
               select from ${lane.context}.operation done
                where done.action = 'skip' and done.tenant_id = p.tenant_id and done.key = p.key and done.at > p.parked_at
                  and done.subscriber = any($7) and done.actor = $8 and done.reason = $9) as is_left_alone
        from (${selectParked(lane)}) p
       where is_head order by position`,
    values: [...filterValues(lane, filter), lane.names, skippedBy?.actor ?? null, skippedBy?.reason ?? null],
  });
  const meant = rows.filter((row) => !row.is_left_alone);
  return {
    lane,
    heads: meant.map(({ tenant_id: tenantId, position }) => ({ tenantId, position })),
    behind: meant.reduce((sum, { behind }) => sum + behind, 0),
    leftAlone: rows.length - meant.length,
  };
}

async function lanesOf(pool: pg.Pool, { subscriber }: ParkedFilter): Promise<readonly FoundLane[]> {
  return subscriber ? [await laneOf(pool, subscriber)] : findLanes(pool);
}

const selectParked = (lane: FoundLane) => `
  select tenant_id, lane_id, position, id, type, key, attempts, is_dead, parked_at, due_at, error,
         ${isHead(lane.context, 'parked')} as is_head
    from ${matching(lane)}`;

const matching = ({ context }: FoundLane) => `
  ${context}.parked
   where lane_id = $1 and ($2::uuid is null or id = $2) and ($3::text is null or type = $3)
     and ($4::text is null or key = $4) and ($5::text is null or strpos(error, $5) > 0) and ($6::boolean is null or is_dead = $6)`;

const filterValues = ({ id }: FoundLane, { eventId, type, key, error, isDead }: ParkedFilter): unknown[] => [
  id,
  eventId ?? null,
  type ?? null,
  key ?? null,
  error ?? null,
  isDead ?? null,
];

const toItem = ({ names }: FoundLane, row: ParkedRow): ParkedItem => ({
  subscriber: names.at(-1)!,
  eventId: row.id,
  type: row.type,
  tenantId: row.tenant_id,
  key: row.key,
  position: row.position,
  attempts: row.attempts,
  isDead: row.is_dead,
  isHead: row.is_head,
  parkedAt: row.parked_at,
  dueAt: row.due_at,
  error: row.error,
});
