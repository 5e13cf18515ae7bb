import pg from 'pg';
import { connectionOptions, type DatabaseAddress } from '../transactions/pool.ts';

/** An event that was being handled when its process had to end. */
export interface Suspect {
  readonly subscriber: string;
  readonly eventId: string;
}

const BLOCKED_AGAIN =
  'the event loop was blocked while this event was being handled, and blocked again when it was retried';

/**
 * Writes down which events to try alone. A single one counts as begun and never ended, which parks it at the next try; if
 * it is parked already, it is dead, and is not retried to end one process after the other. Of several nobody knows which it
 * was, so each is still to be tried.
 */
export async function noteSuspects(address: DatabaseAddress, suspects: readonly Suspect[]): Promise<void> {
  const client = new pg.Client(connectionOptions(address));
  await client.connect();
  const isCertain = suspects.length === 1;
  try {
    for (const suspect of suspects) await note(client, suspect, isCertain);
  } finally {
    await client.end();
  }
}

async function note(client: pg.Client, { subscriber, eventId }: Suspect, isCertain: boolean): Promise<void> {
  const schema = pg.escapeIdentifier(subscriber.split('.')[0]!);
  const parked = await client.query(
    `update ${schema}.parked p set is_dead = is_dead or $3, error = case when $3 then $4 else error end
       from ${schema}.lane l where l.id = p.lane_id and $1 = any(l.names) and p.id = $2`,
    [subscriber, eventId, isCertain, BLOCKED_AGAIN],
  );
  if (parked.rowCount === 1) return;
  await client.query(
    `insert into ${schema}.trial (lane_id, position, starts)
     select l.id, g.position, $3 from ${schema}.lane l, messaging.log g
      where $1 = any(l.names) and l.retired_at is null and g.id = $2
     on conflict (lane_id) do update set position = excluded.position, starts = excluded.starts`,
    [subscriber, eventId, isCertain ? 1 : 0],
  );
}
