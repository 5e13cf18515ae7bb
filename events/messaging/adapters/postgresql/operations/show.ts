import type pg from 'pg';
import type { RecordedEvent } from '../../../log.ts';
import { newestLedgerRowOf } from '../lane-positions.ts';
import { FACT_COLUMNS, type FactRow, toRecordedEvent } from '../log-statements.ts';
import { send } from '../statement.ts';
import { findLanes, type FoundLane, type KnownSubscriber } from './lane-of.ts';

/** What became of an event at one subscriber. */
export interface Reception {
  readonly subscriber: string;
  /** `skipped` and `discarded`: an operator gave it up, and it was not replayed since. */
  readonly state: 'handled' | 'waiting' | 'parked' | 'dead' | 'skipped' | 'discarded';
  /** When the lane passed it, or the operator gave it up. */
  readonly at: Date | null;
  readonly attempts: number;
  /** Why it failed, or was given up. */
  readonly error: string | null;
}

export interface ShownEvent {
  readonly event: RecordedEvent;
  readonly receptions: readonly Reception[];
}

/** One event, and who handled it when. Nothing when there is none. */
export async function showEvent(
  pool: pg.Pool,
  subscribers: readonly KnownSubscriber[],
  id: string,
): Promise<ShownEvent | undefined> {
  const text = `select position, recorded_at, ${FACT_COLUMNS} from messaging.log where id = $1`;
  const { rows } = await send<FactRow>(pool, { text, values: [id] });
  if (!rows[0]) return undefined;
  const event = toRecordedEvent(rows[0]);
  const lanes = await findLanes(pool);
  const wants = (lane: FoundLane) =>
    subscribers.some(({ name, types }) => lane.names.includes(name) && types.includes(event.type));
  const receptions = await Promise.all(lanes.filter(wants).map((lane) => receptionOf(pool, lane, event)));
  return { event, receptions: receptions.toSorted((a, b) => (a.subscriber < b.subscriber ? -1 : 1)) };
}

interface ReceptionRow {
  readonly position: number;
  readonly at: Date | null;
  readonly attempts: number | null;
  readonly is_dead: boolean | null;
  readonly error: string | null;
  readonly given_up: 'skip' | 'discard' | null;
  readonly given_up_at: Date | null;
  readonly reason: string | null;
}

async function receptionOf(
  pool: pg.Pool,
  lane: FoundLane,
  { id, position, tenantId }: RecordedEvent,
): Promise<Reception> {
  const { rows } = await send<ReceptionRow>(pool, {
    text: `
      select newest.to_position as position, passed.recorded_at as at, p.attempts, p.is_dead, p.error,
             given_up.action as given_up, given_up.at as given_up_at, given_up.reason
        from ${newestLedgerRowOf(lane.context, '$1')} newest
        left join lateral (select to_position, recorded_at from ${lane.context}.ledger
                            where lane_id = $1 and from_position < $2 order by from_position desc limit 1) passed on passed.to_position >= $2
        left join ${lane.context}.parked p on (p.tenant_id, p.lane_id, p.position) = ($3, $1, $2)
        left join lateral (select action, at, reason from ${lane.context}.operation
                            where event_id = $4 and subscriber = any($5) and action in ('skip', 'discard')
                            order by id desc limit 1) given_up on true`,
    values: [lane.id, position, tenantId, id, lane.names],
  });
  return { subscriber: lane.names.at(-1)!, ...becameOf(rows[0]!, position) };
}

function becameOf(row: ReceptionRow, position: number): Omit<Reception, 'subscriber'> {
  const { at, attempts, error } = row;
  if (attempts !== null) return { state: row.is_dead ? 'dead' : 'parked', at, attempts, error };
  if (row.position < position) return { state: 'waiting', at, attempts: 0, error };
  const wasReplayed = at !== null && row.given_up_at !== null && at > row.given_up_at;
  if (row.given_up === null || wasReplayed) return { state: 'handled', at, attempts: 0, error };
  return { state: GIVEN_UP[row.given_up], at: row.given_up_at, attempts: 0, error: row.reason };
}

const GIVEN_UP = { skip: 'skipped', discard: 'discarded' } as const;
