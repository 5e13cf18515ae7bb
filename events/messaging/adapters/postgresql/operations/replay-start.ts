import type pg from 'pg';
import { readEnds } from '../log/ends.ts';
import { send } from '../transactions/statement.ts';

/** Where a replay begins: at a position, or at what was recorded at a moment or later. */
export type ReplayStart = { readonly position: number } | { readonly since: Date };

/** How far the order of the log and of `recorded_at` may differ, milliseconds: appenders at work take that long to commit. */
const DISORDER = 60_000;

/** The last position before a start; the end of the log where nothing was recorded since. */
export async function positionBefore(pool: pg.Pool, start: ReplayStart): Promise<number> {
  if ('position' in start) return start.position - 1;
  const after = await bisect(pool, new Date(start.since.getTime() - DISORDER));
  const { rows } = await send<{ position: number }>(pool, {
    text: `
      select coalesce(
        (select position - 1 from messaging.log where position > $1 and recorded_at >= $2 order by position limit 1),
        (select max(position) from messaging.log), 0) as position`,
    values: [after, start.since],
  });
  return rows[0]!.position;
}

/** A position up to which all is older than a moment, found in as many looks as the log's end has binary digits. */
async function bisect(pool: pg.Pool, moment: Date): Promise<number> {
  let { floor: older, end: younger } = await readEnds(pool);
  while (younger - older > 1) {
    const middle = Math.floor((older + younger) / 2);
    const { rows } = await send<{ position: number; is_older: boolean }>(pool, {
      text: 'select position, recorded_at < $2 as is_older from messaging.log where position > $1 order by position limit 1',
      values: [middle, moment],
    });
    if (rows[0]?.is_older) older = rows[0].position;
    else younger = middle;
  }
  return older;
}
