import type pg from 'pg';
import { Fenced } from '../../../lanes/failure.ts';
import type { Lane, Stride } from '../../../lanes/lane-storage.ts';
import type { LogPosition } from '../../../log/log.ts';
import { newestLedgerRowOf } from './lane-positions.ts';
import { SERVER_RUN } from '../log/server-run.ts';
import type { FinalStatement } from '../transactions/transaction.ts';

/**
 * Moves a lane, and is its fence. The new ledger row begins where the newest one ends, if this worker takes the lane to stand
 * there, and it ends at a row of the log. After the log went back (failover, restore), the row at which a batch of before would end
 * is gone, and the lane is not moved. That row may have survived, and one before it not: such a batch ended earlier, when it saw
 * that another server answers.
 */
export const advanceStatement = (
  schema: string,
  lane: Lane,
  from: LogPosition,
  to: LogPosition,
  onRecorded?: OnRecorded,
): FinalStatement => ({
  name: `${schema}.advance`,
  text: advance(schema, IS_IN_LOG),
  values: [lane.id, from.position, to.position, to.eventId],
  explain: explainFor(lane),
  ...(onRecorded && { heed: tell(onRecorded) }),
});

/** The same for a batch that has not looked at the lane: what it took for granted is proven here, too. */
export const advanceInStrideStatement = (
  schema: string,
  lane: Lane,
  { at, server }: Stride,
  to: LogPosition,
  onRecorded?: OnRecorded,
): FinalStatement => ({
  name: `${schema}.advance-in-stride`,
  text: advance(schema, `(${IS_IN_LOG}) and ${isClear(schema)}`),
  values: [lane.id, at.position, to.position, to.eventId, server],
  explain: explainFor(lane),
  ...(onRecorded && { heed: tell(onRecorded) }),
});

type OnRecorded = (at: Date) => void;

const tell =
  (onRecorded: OnRecorded) =>
  ({ rows }: pg.QueryResult): void =>
    onRecorded((rows[0] as { recorded_at: Date }).recorded_at);

const advance = (schema: string, condition: string): string => `
  insert into ${schema}.ledger (lane_id, from_position, to_position, to_id)
  values ($1, case when ${condition} then
    (select newest.to_position from ${newestLedgerRowOf(schema, '$1')} newest where newest.to_position = $2) end, $3, $4)
  returning recorded_at`;

const explainFor = (lane: Lane) => (error: unknown) =>
  FENCE_CODES.has((error as { code?: string }).code ?? '') ? new Fenced(lane.subscriber) : error;

const IS_IN_LOG = '$4::uuid is null or exists (select from messaging.log where position = $3 and id = $4)';

const isClear = (schema: string): string => `
  ${SERVER_RUN} = $5
    and exists (select from ${schema}.lane where id = $1 and paused_because is null and replay_until <= $2)
    and not exists (select from ${schema}.parked where lane_id = $1)
    and not exists (select from ${schema}.trial where lane_id = $1 and position > $2)`;

/** not_null_violation: no such predecessor, or no such event; unique_violation: a twin was first. */
const FENCE_CODES = new Set(['23502', '23505']);
