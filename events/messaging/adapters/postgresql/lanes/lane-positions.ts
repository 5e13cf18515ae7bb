import type pg from 'pg';
import type { LogPosition } from '../../../log/log.ts';
import { send } from '../transactions/statement.ts';
import { prepared } from '../transactions/statement-names.ts';

export interface PositionRow {
  readonly id: string;
  readonly to_position: number;
  readonly to_id: string | null;
}

/** Through where each lane of these contexts is handled, by its id, in one statement. */
export async function findLanePositions(
  pool: pg.Pool,
  contexts: readonly string[],
): Promise<ReadonlyMap<string, LogPosition>> {
  const { rows } = await send<PositionRow>(pool, prepared(lanePositions(contexts)));
  return toPositions(rows);
}

/** The same, as a subquery. */
export const lanePositions = (contexts: readonly string[]): string =>
  contexts
    .map(
      (context) => `
        select l.id::text, newest.to_position, newest.to_id
          from ${context}.lane l cross join lateral ${newestLedgerRowOf(context, 'l.id')} newest`,
    )
    .join(' union all ');

export const toPositions = (rows: readonly PositionRow[]): ReadonlyMap<string, LogPosition> =>
  new Map(rows.map(({ id, to_position, to_id }) => [id, { position: to_position, eventId: to_id }]));

/** The lane's checkpoint, as a subquery. */
export const newestLedgerRowOf = (context: string, laneId: string): string =>
  `(select to_position, to_id, recorded_at from ${context}.ledger where lane_id = ${laneId} order by from_position desc limit 1)`;

/** Whether no other lane has taken a lane's place, as a condition: it is at work, or was retired and rests. */
export const isInForce = (context: string, lane: string): string => `
  (${lane}.retired_at is null or not exists (
    select from ${context}.lane later where later.names && ${lane}.names
       and (later.retired_at is null or later.retired_at > ${lane}.retired_at)))`;
