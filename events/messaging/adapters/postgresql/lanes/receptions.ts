import type { Reception } from '../../../lanes/lane-storage.ts';
import type { RecordedEvent } from '../../../log/log.ts';
import { isInForce, newestLedgerRowOf } from './lane-positions.ts';
import { type Queryable, send } from '../transactions/statement.ts';

interface ReceptionRow {
  readonly id: string;
  readonly names: readonly string[];
  readonly has_passed: boolean;
  readonly began_later: boolean;
  readonly passed_at: Date | null;
  readonly parked_attempts: number | null;
  readonly is_dead: boolean | null;
  readonly parked_error: string | null;
  readonly attempts: number | null;
  readonly error: string | null;
  readonly recovered_at: Date | null;
  readonly given_up: 'skip' | 'discard' | null;
  readonly given_up_at: Date | null;
  readonly reason: string | null;
}

/** What became of events at every lane of a context. */
export async function findReceptions(
  connection: Queryable,
  context: string,
  events: readonly RecordedEvent[],
): Promise<readonly Reception[]> {
  const { rows } = await send<ReceptionRow>(connection, {
    name: `${context}.receptions`,
    text: receptionsQuery(context),
    values: [
      events.map(({ id }) => id),
      events.map(({ position }) => position),
      events.map(({ tenantId }) => tenantId),
    ],
  });
  return rows.map((row) => ({ eventId: row.id, names: row.names, ...becameOf(row) }));
}

/** A replay, or somebody who resumed it, has put a lane in another's place: what that had passed counts as well. */
const receptionsQuery = (context: string): string => `
  select met.id, l.names, newest.to_position >= met.position as has_passed, passed.recorded_at as passed_at,
         passed.recorded_at is null and began.to_position >= met.position as began_later,
         p.attempts as parked_attempts, p.is_dead, p.error as parked_error,
         r.attempts, r.error, r.recovered_at,
         given_up.action as given_up, given_up.at as given_up_at, given_up.reason
    from unnest($1::uuid[], $2::bigint[], $3::text[]) met (id, position, tenant_id)
   cross join ${context}.lane l
   cross join lateral ${newestLedgerRowOf(context, 'l.id')} newest
    left join ${context}.ledger began on began.lane_id = l.id and began.from_position = -1
    left join lateral (
         select latest.recorded_at from ${context}.lane one cross join lateral (
                select to_position, recorded_at from ${context}.ledger
                 where lane_id = one.id and from_position between 0 and met.position - 1 order by from_position desc limit 1) latest
          where one.names && l.names and latest.to_position >= met.position
          order by latest.recorded_at desc limit 1) passed on true
    left join ${context}.parked p on (p.tenant_id, p.lane_id, p.position) = (met.tenant_id, l.id, met.position)
    left join ${context}.recovered r on (r.tenant_id, r.lane_id, r.position) = (met.tenant_id, l.id, met.position)
    left join lateral (
         select action, at, reason from ${context}.operation
          where event_id = met.id and subscriber = any(l.names) and action in ('skip', 'discard')
          order by id desc limit 1) given_up on true
   where ${isInForce(context, 'l')}`;

function becameOf(row: ReceptionRow): Omit<Reception, 'eventId' | 'names'> {
  const { passed_at: at, parked_attempts: attempts } = row;
  if (attempts !== null) return { state: row.is_dead ? 'dead' : 'parked', at, attempts, error: row.parked_error };
  if (!row.has_passed) return { state: 'waiting', ...NO_TRACE };
  if (row.recovered_at) return { state: 'handled', at: row.recovered_at, attempts: row.attempts!, error: row.error };
  const wasReplayed = at !== null && row.given_up_at !== null && at > row.given_up_at;
  if (row.given_up !== null && !wasReplayed)
    return { state: GIVEN_UP[row.given_up], at: row.given_up_at, attempts: 0, error: row.reason };
  return { state: row.began_later ? 'earlier' : 'handled', ...NO_TRACE, at };
}

const NO_TRACE = { at: null, attempts: 0, error: null };

const GIVEN_UP = { skip: 'skipped', discard: 'discarded' } as const;
