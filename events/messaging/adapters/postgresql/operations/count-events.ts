import type pg from 'pg';
import { send } from '../transactions/statement.ts';
import type { Onlooker } from './onlooker.ts';

/** Positions that one statement counts over, so that none takes long, however long the history is. */
const AT_ONCE = 100_000;

export interface Span {
  readonly after: number;
  readonly through: number;
}

/** How many events of these types stand in a part of the log. @throws the signal's reason, where it is aborted */
export async function countEvents(
  pool: pg.Pool,
  types: readonly string[],
  { after, through }: Span,
  { progress, signal }: Onlooker,
): Promise<number> {
  let events = 0;
  for (let from = after; from < through; from += AT_ONCE) {
    signal?.throwIfAborted();
    const until = Math.min(from + AT_ONCE, through);
    const { rows } = await send<{ events: number }>(pool, {
      text: 'select count(*) as events from messaging.log where position > $1 and position <= $2 and type = any($3)',
      values: [from, until, types],
    });
    events += rows[0]!.events;
    progress?.(until - after, through - after);
  }
  return events;
}
