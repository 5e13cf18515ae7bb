import { newestLedgerRowOf } from '../lanes/lane-positions.ts';

/** Ledger rows of a lane that are looked at, from the newest on, for one that the log still has. */
const MOST_LEDGER_ROWS = 10_000;

/** Whether the row that a lane handled last is not in the log any more: it was pruned, or the log went back. As a condition. */
export const isLost = (newest: string): string => `
  (${newest}.to_position < (select floor from messaging.log_identity)
   or ${newest}.to_id is not null and not exists (select from messaging.log where position = ${newest}.to_position and id = ${newest}.to_id))`;

/** Through where the log still has what a lane handled, under any name and before any replay; the floor, where it has nothing. */
export const handledThrough = (context: string, lane: string): string => `
  (select greatest(identity.floor, (
     select max(row.to_position) from ${context}.lane one cross join lateral (
            select to_position, to_id from ${context}.ledger where lane_id = one.id and from_position >= identity.floor
             order by from_position desc limit ${MOST_LEDGER_ROWS}) row
      where one.names && ${lane}.names and exists (select from messaging.log where position = row.to_position and id = row.to_id)))
     from messaging.log_identity identity)`;

/** Where a lane stands, and what of that is still in the log; `$1` is its id. */
export const placeQuery = (context: string): string => `
  select newest.to_position as position, newest.to_id as id, identity.floor, ${isLost('newest')} as is_lost,
         case when ${isLost('newest')} then ${handledThrough(context, 'l')} else newest.to_position end as handled_through,
         coalesce((select position from messaging.log order by position desc limit 1), 0) as end
    from ${context}.lane l cross join lateral ${newestLedgerRowOf(context, 'l.id')} newest, messaging.log_identity identity
   where l.id = $1`;
