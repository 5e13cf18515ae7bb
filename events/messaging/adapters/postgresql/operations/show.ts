import type pg from 'pg';
import type { RecordedEvent } from '../../../log.ts';
import { FACT_COLUMNS, type FactRow, toRecordedEvent } from '../log-statements.ts';
import { send } from '../statement.ts';
import { findLanes, type FoundLane, type KnownSubscriber } from './lane-of.ts';

/** What became of an event at one subscriber. */
export interface Reception {
  readonly subscriber: string;
  readonly state: 'handled' | 'waiting' | 'parked' | 'dead';
  readonly at: Date | null;
  readonly attempts: number;
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

async function receptionOf(pool: pg.Pool, lane: FoundLane, { position, tenantId }: RecordedEvent): Promise<Reception> {
  const { rows } = await send<{
    position: number;
    at: Date | null;
    attempts: number | null;
    is_dead: boolean | null;
    error: string | null;
  }>(pool, {
    text: `
      select newest.to_position as position, passed.recorded_at as at, p.attempts, p.is_dead, p.error
        from (select to_position from ${lane.context}.ledger where lane_id = $1 order by from_position desc limit 1) newest
        left join lateral (select to_position, recorded_at from ${lane.context}.ledger
                            where lane_id = $1 and from_position < $2 order by from_position desc limit 1) passed on passed.to_position >= $2
        left join ${lane.context}.parked p on (p.tenant_id, p.lane_id, p.position) = ($3, $1, $2)`,
    values: [lane.id, position, tenantId],
  });
  const row = rows[0]!;
  const isParked = row.attempts !== null;
  const state = isParked ? (row.is_dead ? 'dead' : 'parked') : row.position >= position ? 'handled' : 'waiting';
  return { subscriber: lane.names.at(-1)!, state, at: row.at, attempts: row.attempts ?? 0, error: row.error };
}
