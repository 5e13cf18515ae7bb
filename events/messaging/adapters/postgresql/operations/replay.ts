import type pg from 'pg';
import { lastBefore } from '../log/last-before.ts';
import { type Queryable, send } from '../transactions/statement.ts';
import type { Transaction } from '../transactions/transaction.ts';
import { auditStatement, type Operator } from './audit.ts';
import { countEvents } from './count-events.ts';
import { type FoundLane, type KnownSubscriber, laneOf } from './lane-of.ts';
import { closeLane, onLane, openLane } from './lane-succession.ts';
import { placeQuery } from './lost-lane.ts';
import type { Onlooker } from './onlooker.ts';
import { positionBefore, type ReplayStart } from './replay-start.ts';

export interface ReplayPlan {
  readonly subscriber: string;
  /** The last position that is not handled again. */
  readonly after: number;
  /** Where the lane stands now. */
  readonly until: number;
  /** Events of its types that it has handled, and handles again. */
  readonly events: number;
  /** The row it handled last is not in the log any more: it can be put anywhere, and nowhere by itself. */
  readonly isLost: boolean;
  /** Through where the log still has what it handled. */
  readonly handledThrough: number;
  /** Events of its types that it has not handled, and never will. */
  readonly passedOver: number;
  /** The last position of the log. */
  readonly end: number;
}

/** The history from there on is gone. */
export class HistoryPruned extends Error {
  constructor(after: number, floor: number) {
    super(`history before position ${floor + 1} was pruned; a replay can begin at ${floor + 1}, not at ${after + 1}`);
    this.name = 'HistoryPruned';
  }
}

/** The log does not reach so far. */
export class BeyondLog extends Error {
  constructor(after: number, end: number) {
    super(`the log ends at position ${end}; a lane can begin at ${end + 1} at the latest, not at ${after + 1}`);
    this.name = 'BeyondLog';
  }
}

/** What a replay would do. @throws {NoSuchLane} {@link HistoryPruned} {@link BeyondLog} */
export async function planReplay(
  pool: pg.Pool,
  { name, types }: KnownSubscriber,
  start: ReplayStart,
  onlooker: Onlooker = {},
): Promise<ReplayPlan> {
  const before = await positionBefore(pool, start);
  const { after, place } = await placeWithin(pool, await laneOf(pool, name), before);
  const { handledThrough } = place;
  const [from, through] = [Math.min(after, handledThrough), Math.max(after, handledThrough)];
  const count = await countEvents(pool, types, { after: from, through }, onlooker);
  const isBack = after <= handledThrough;
  return {
    subscriber: name,
    after,
    until: place.position,
    events: isBack ? count : 0,
    isLost: place.isLost,
    handledThrough,
    passedOver: isBack ? 0 : count,
    end: place.end,
  };
}

/**
 * Puts a new lane in the old one's place, which begins earlier; parked events move with it, and are not handled twice. Whoever
 * works the old lane is fenced. Up to where a lane of this subscriber ever stood, new calls to the outside are withheld unless
 * they are wanted. Where no event is to be handled again nothing is done, unless the lane is lost.
 * @throws {NoSuchLane} {@link HistoryPruned} {@link BeyondLog} {@link LaneHeld}
 */
export async function startReplay(
  pool: pg.Pool,
  subscriber: KnownSubscriber,
  of: { readonly start: ReplayStart; readonly makesCalls: boolean; readonly operator: Operator },
  onlooker: Onlooker = {},
): Promise<ReplayPlan> {
  const plan = await planReplay(pool, subscriber, of.start, onlooker);
  if (plan.events === 0 && !plan.isLost) return plan;
  await onLane(pool, subscriber.name, async (transaction, lane) => {
    await closeLane(transaction, lane);
    const { after, place } = await placeWithin(transaction, lane, plan.after);
    if (place.isLost) await giveUpGone(transaction, lane, place.handledThrough, of.operator);
    const at = await lastBefore(transaction, after + 1);
    const replay = { until: place.handledThrough, isElsewhere: place.isLost, makesCalls: of.makesCalls };
    await openLane(transaction, lane, at, replay);
    await transaction.query(auditStatement(lane, of.operator, `replay after ${after}`));
  });
  return plan;
}

interface Place {
  readonly position: number;
  readonly isLost: boolean;
  readonly handledThrough: number;
  readonly end: number;
}

/** Where a lane stands, and where it may be put: not beyond that, as long as its place is still in the log. */
async function placeWithin(
  connection: Queryable,
  { context, id }: FoundLane,
  before: number,
): Promise<{ readonly after: number; readonly place: Place }> {
  const { rows } = await send<{
    position: number;
    floor: number;
    end: number;
    is_lost: boolean;
    handled_through: number;
  }>(connection, { text: placeQuery(context), values: [id] });
  const { position, floor, end, is_lost: isLost, handled_through: handledThrough } = rows[0]!;
  const after = isLost ? before : Math.min(before, position);
  if (after < floor) throw new HistoryPruned(after, floor);
  if (after > Math.max(end, floor)) throw new BeyondLog(after, end);
  return { after, place: { position, isLost, handledThrough, end } };
}

/** What is parked of facts that the log does not have any more: nobody committed them, and others stand in their places now. */
async function giveUpGone(
  transaction: Transaction,
  { context, id, names }: FoundLane,
  handledThrough: number,
  { actor }: Operator,
): Promise<void> {
  await transaction.query({
    text: `
      with gone as (
        delete from ${context}.parked p
         where lane_id = $1 and position > $2
           and not exists (select from messaging.log where position = p.position and id = p.id)
        returning id)
      insert into ${context}.operation (actor, action, subscriber, event_id, reason)
      select $3, 'discard', $4, id, 'the log does not have it any more' from gone`,
    values: [id, handledThrough, actor, names.at(-1)],
  });
}
