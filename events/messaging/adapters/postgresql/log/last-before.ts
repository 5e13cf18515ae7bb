import type { LogPosition } from '../../../log/log.ts';
import { type Queryable, send } from '../transactions/statement.ts';

/** The last row before a position; the floor, where none is left. */
export async function lastBefore(connection: Queryable, position: number): Promise<LogPosition> {
  const { rows } = await send<{ position: number; id: string | null }>(connection, {
    text: `
      select coalesce(last.position, floor) as position, last.id from messaging.log_identity
        left join lateral (select position, id from messaging.log where position < $1 order by position desc limit 1) last on true`,
    values: [position],
  });
  return { position: rows[0]!.position, eventId: rows[0]!.id };
}
