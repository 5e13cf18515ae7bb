import { Fenced } from '#events/messaging/lanes/failure';
import type { Lane, Stride } from '#events/messaging/lanes/lane-storage';
import type { LogPosition } from '#events/messaging/log/log';
import type { Backend, Statement } from '../database/backend.ts';
import { DatabaseError, notNullViolation, uniqueViolation } from '../database/failures.ts';
import type { LedgerRow, Schema } from '../database/rows.ts';
import type { Guards } from '../guards.ts';
import { parkedOf } from './parked.ts';

/** Where a lane stands: where its newest ledger row ends. */
export function newestOf(backend: Backend, schema: Schema, laneId: string): LogPosition {
  const rows = backend.all(schema.ledgerOf(laneId));
  return rows.reduce((newest, row) => (row.from > newest.from ? row : newest)).to;
}

/** The fence: the new row begins where the newest row ends, and only if that is what this worker believes. */
export const advance = (schema: Schema, lane: Lane, from: LogPosition, to: LogPosition, has: Guards): Statement<void> =>
  function* (backend) {
    const newest = newestOf(backend, schema, lane.id);
    try {
      if (!has('rowsDecide')) yield* insert(backend, schema, lane, { from: newest.position, to }, has);
      else if (has('predecessorIsProven') && newest.position !== from.position) throw notNullViolation();
      else yield* insert(backend, schema, lane, { from: from.position, to }, has);
    } catch (error) {
      throw error instanceof DatabaseError && FENCE_CODES.has(error.code) ? new Fenced(lane.subscriber) : error;
    }
  };

/** The same for a batch that has not looked at the lane: what it took for granted is proven here, too. */
export const advanceInStride = (
  schema: Schema,
  lane: Lane,
  { at, server }: Stride,
  to: LogPosition,
  has: Guards,
): Statement<void> =>
  function* (backend) {
    const { pausedBecause } = backend.get(schema.lanes, lane.id)!;
    const isClear =
      backend.server.run === server && pausedBecause === null && parkedOf(backend, schema, lane).length === 0;
    if (!isClear) throw new Fenced(lane.subscriber);
    yield* advance(schema, lane, at, to, has)(backend);
  };

const FENCE_CODES = new Set(['23502', '23505']);

/** The unique key: who comes second waits to see whether the first one commits. */
function* insert(backend: Backend, schema: Schema, lane: Lane, row: LedgerRow, has: Guards) {
  const ledger = schema.ledgerOf(lane.id);
  const key = String(row.from);
  if (has('ledgerKeyIsUnique')) {
    yield* backend.holdRow(ledger, key);
    if (backend.get(ledger, key)) throw uniqueViolation(key);
  }
  backend.set(ledger, key, row);
}
