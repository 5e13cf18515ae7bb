import type pg from 'pg';
import type { Slice } from '../../feed.ts';
import type { ReadBehind } from '../../lane-reader.ts';
import { LogMoved, type LogPosition } from '../../log.ts';
import { FACT_COLUMNS, type FactRow, toRecordedEvent } from './log-statements.ts';
import { send } from './statement.ts';

/** Positions one read may pass over; rows it may bring. */
const SPAN = 10_000;
const MOST = 1_000;

const ANCHOR = 'select id from messaging.log where position = $1';
const WANTED = `
  select position, recorded_at, ${FACT_COLUMNS} from messaging.log
   where position > $1 and position <= $2 and type = any($3) order by position limit ${MOST}`;
const END =
  'select position, id from messaging.log where position > $1 and position <= $2 order by position desc limit 1';

/** Settled history for a lane that is behind: only its types, from any connection to the primary. */
export const createReadBehind =
  (pool: pg.Pool): ReadBehind =>
  async (types, after, through) => {
    await assertAnchor(pool, after);
    for (let span = SPAN; ; span *= 10) {
      const slice = await readSpan(pool, types, after, Math.min(after.position + span, through.position));
      if (slice) return slice;
    }
  };

async function assertAnchor(pool: pg.Pool, { position, eventId }: LogPosition): Promise<void> {
  if (eventId === null) return;
  const { rows } = await send<{ id: string }>(pool, { name: 'messaging.anchor', text: ANCHOR, values: [position] });
  if (rows[0]?.id === eventId) return;
  throw new LogMoved(
    `position ${position} of the log is no longer event ${eventId}: it was pruned, or the log went back`,
  );
}

/** Nothing when no row at all stands in the span: where it ends could not be proven by a row. */
async function readSpan(
  pool: pg.Pool,
  types: readonly string[],
  after: LogPosition,
  until: number,
): Promise<Slice | undefined> {
  const range = [after.position, until];
  const [wanted, end] = await Promise.all([
    send<FactRow>(pool, { name: 'messaging.wanted', text: WANTED, values: [...range, types] }),
    send<{ position: number; id: string }>(pool, { name: 'messaging.end', text: END, values: range }),
  ]);
  const events = wanted.rows.map(toRecordedEvent);
  const last = events.length === MOST ? events.at(-1) : end.rows[0];
  return last && { after, to: { position: last.position, eventId: last.id }, events };
}
