import type pg from 'pg';
import type { LogPosition } from '../../../log.ts';
import { newestLedgerRowOf } from '../lane-positions.ts';
import { send } from '../statement.ts';
import type { Transaction } from '../transaction.ts';
import { auditStatement, type Operator } from './audit.ts';
import { type KnownSubscriber, laneOf } from './lane-of.ts';
import { closeLane, onLane, openLane } from './lane-succession.ts';
import { positionBefore, type ReplayStart } from './replay-start.ts';

export interface ReplayPlan {
  readonly subscriber: string;
  /** The last position that is not handled again. */
  readonly after: number;
  /** Where the lane stands now; beyond it nothing is new. */
  readonly until: number;
  /** Events of its types in between. */
  readonly events: number;
}

/** The history from there on is gone. */
export class HistoryPruned extends Error {
  constructor(after: number, floor: number) {
    super(`history before position ${floor + 1} was pruned; a replay can begin at ${floor + 1}, not at ${after + 1}`);
    this.name = 'HistoryPruned';
  }
}

/** What a replay would do. @throws {NoSuchLane} {@link HistoryPruned} */
export async function planReplay(pool: pg.Pool, subscriber: KnownSubscriber, start: ReplayStart): Promise<ReplayPlan> {
  const lane = await laneOf(pool, subscriber.name);
  const { rows } = await send<{ after: number; until: number; floor: number }>(pool, {
    text: `
      select least(newest.to_position, $2) as after, newest.to_position as until, (select floor from messaging.log_identity) as floor
        from ${newestLedgerRowOf(lane.context, '$1')} newest`,
    values: [lane.id, await positionBefore(pool, start)],
  });
  const { after, until, floor } = rows[0]!;
  if (after < floor) throw new HistoryPruned(after, floor);
  const counted = await send<{ events: number }>(pool, {
    text: 'select count(*) as events from messaging.log where position > $1 and position <= $2 and type = any($3)',
    values: [after, until, subscriber.types],
  });
  return { subscriber: subscriber.name, after, until, events: counted.rows[0]!.events };
}

/**
 * Puts a new lane in the old one's place, which begins earlier; parked events move with it, and are not handled twice. Whoever
 * works the old lane is fenced. Up to where a lane of this subscriber ever stood, new calls to the outside are withheld unless
 * they are wanted. Where no event is to be handled again nothing is done.
 */
export async function startReplay(
  pool: pg.Pool,
  subscriber: KnownSubscriber,
  of: { readonly start: ReplayStart; readonly makesCalls: boolean; readonly operator: Operator },
): Promise<ReplayPlan> {
  const plan = await planReplay(pool, subscriber, of.start);
  if (plan.events === 0) return plan;
  await onLane(pool, subscriber.name, async (transaction, lane) => {
    await closeLane(transaction, lane);
    const at = await lastUpTo(transaction, plan.after);
    await openLane(transaction, lane, at, { until: plan.until, makesCalls: of.makesCalls });
    await transaction.query(auditStatement(lane, of.operator, `replay after ${plan.after}`));
  });
  return plan;
}

/** The last row up to a position; the floor, where none is left. */
async function lastUpTo(transaction: Transaction, position: number): Promise<LogPosition> {
  const { rows } = await send<{ position: number; id: string | null }>(transaction, {
    text: `
      select coalesce(last.position, floor) as position, last.id from messaging.log_identity
        left join lateral (select position, id from messaging.log where position <= $1 order by position desc limit 1) last on true`,
    values: [position],
  });
  return { position: rows[0]!.position, eventId: rows[0]!.id };
}
