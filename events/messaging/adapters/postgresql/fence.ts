import { Fenced } from '../../failure.ts';
import type { Lane } from '../../lane-storage.ts';
import type { LogPosition } from '../../log.ts';
import { newestLedgerRowOf } from './lane-positions.ts';
import type { FinalStatement } from './transaction.ts';

/**
 * Moves a lane, and is its fence: the new ledger row begins where the newest row ends, if that is what this worker believes,
 * and ends at a row of the log. What was read before the log went back (failover, restore) ends nowhere; where its end survived
 * and something before it did not, the batch has found before that another server answers.
 */
export const advanceStatement = (schema: string, lane: Lane, from: LogPosition, to: LogPosition): FinalStatement => ({
  name: `${schema}.advance`,
  text: `
    insert into ${schema}.ledger (lane_id, from_position, to_position, to_id)
    values ($1, case when ${IS_IN_LOG} then
      (select newest.to_position from ${newestLedgerRowOf(schema, '$1')} newest where newest.to_position = $2) end, $3, $4)`,
  values: [lane.id, from.position, to.position, to.eventId],
  explain: (error) => (FENCE_CODES.has((error as { code?: string }).code ?? '') ? new Fenced(lane.subscriber) : error),
});

const IS_IN_LOG = '$4::uuid is null or exists (select from messaging.log where position = $3 and id = $4)';

/** not_null_violation: no such predecessor, or no such event; unique_violation: a twin was first. */
const FENCE_CODES = new Set(['23502', '23505']);
