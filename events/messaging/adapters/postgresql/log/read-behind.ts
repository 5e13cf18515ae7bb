import type pg from 'pg';
import type { Slice } from '../../../log/feed.ts';
import type { ReadBehind } from '../../../lanes/lane-reader.ts';
import {
  FrontierGone,
  LARGEST_OWN_PAGE,
  type LogPosition,
  moved,
  positionOf,
  type ServerRun,
} from '../../../log/log.ts';
import { FACT_COLUMNS, type FactRow, toRecordedEvent } from './log-statements.ts';
import { SERVER_RUN } from './server-run.ts';
import { send } from '../transactions/statement.ts';

/** Positions one read may pass over. */
const SPAN = 10_000;

const ANCHOR = 'select exists (select from messaging.log where position = $1 and id = $2) as is_there';
/** Where the log began there is no row; below its floor what is missing was not rolled back. */
const BARE_ANCHOR = 'select $1 >= floor as is_there from messaging.log_identity';

/**
 * The wanted rows, and the last of the span, which proves where it ends. The frontier must be in the log that is read: on a
 * server that took over, what is not beyond it in number is not settled.
 */
const WANTED = `
  select position, recorded_at, ${FACT_COLUMNS}, (select ${SERVER_RUN}) as server from messaging.log
   where position > $1 and position <= $2 and (type = any($3) or position = (
           select max(position) from messaging.log where position > $1 and position <= $2))
     and ($5::uuid is null or exists (select from messaging.log where position = $4 and id = $5))
   order by position limit ${LARGEST_OWN_PAGE}`;

/** Settled history for a lane that is behind: only its types, from any connection to the primary. */
export const createReadBehind =
  (pool: pg.Pool): ReadBehind =>
  async (types, after, through) => {
    await assertAnchor(pool, after);
    for (let span = SPAN; ; span *= 10) {
      const slice = await readSpan(pool, types, { after, through }, span);
      if (slice) return slice;
      if (after.position + span >= through.position) throw new FrontierGone(through);
    }
  };

async function assertAnchor(pool: pg.Pool, anchor: LogPosition): Promise<void> {
  const { position, eventId } = anchor;
  const { rows } = await send<{ is_there: boolean }>(
    pool,
    eventId === null
      ? { name: 'messaging.bare-anchor', text: BARE_ANCHOR, values: [position] }
      : { name: 'messaging.anchor', text: ANCHOR, values: [position, eventId] },
  );
  if (!rows[0]!.is_there) throw moved(anchor);
}

/** Nothing when no row at all stands in the span: where it ends could not be proven by a row. */
async function readSpan(
  pool: pg.Pool,
  types: readonly string[],
  { after, through }: { readonly after: LogPosition; readonly through: LogPosition },
  span: number,
): Promise<Slice | undefined> {
  const until = Math.min(after.position + span, through.position);
  const values = [after.position, until, types, through.position, through.eventId];
  const { rows } = await send<FactRow & { server: ServerRun }>(pool, {
    name: 'messaging.wanted',
    text: WANTED,
    values,
  });
  const events = rows.map(toRecordedEvent);
  const last = rows.at(-1);
  const wanted = events.filter(({ type }) => types.includes(type));
  return last && { to: positionOf(last), events: wanted, server: last.server };
}
