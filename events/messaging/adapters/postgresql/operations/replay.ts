import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { send } from '../statement.ts';
import type { Transaction } from '../transaction.ts';
import { auditStatement, type Operator } from './audit.ts';
import { inTransaction } from './in-transaction.ts';
import { type FoundLane, type KnownSubscriber, laneOf } from './lane-of.ts';
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
        from (select to_position from ${lane.context}.ledger where lane_id = $1 order by from_position desc limit 1) newest`,
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
  await inTransaction(pool, async (transaction) => {
    const lane = await laneOf(pool, subscriber.name);
    await closeLane(transaction, lane);
    await openLane(transaction, lane, plan.after, of.makesCalls);
    await transaction.query(auditStatement(lane, of.operator, `replay after ${plan.after}`));
  });
  return plan;
}

/** The closing row takes the place of whatever a worker of this lane would write next. */
async function closeLane(transaction: Transaction, { context, id }: FoundLane): Promise<void> {
  await transaction.query({ text: 'select pg_advisory_xact_lock($1)', values: [id] });
  await transaction.query({
    text: `update ${context}.lane set retired_at = now() where id = $1 and retired_at is null`,
    values: [id],
  });
  await transaction.query({
    text: `
      insert into ${context}.ledger (lane_id, from_position, to_position, to_id)
      select lane_id, to_position, to_position, to_id from ${context}.ledger where lane_id = $1 order by from_position desc limit 1`,
    values: [id],
  });
}

async function openLane(
  transaction: Transaction,
  { context, id, names }: FoundLane,
  after: number,
  makesCalls: boolean,
): Promise<void> {
  const newId = (randomBytes(8).readBigUInt64BE() >> 1n).toString();
  await transaction.query({
    text: `
      insert into ${context}.lane (id, names, replay_until, replay_makes_calls)
      select $2, $3, greatest(replay_until, closed.to_position), $4
        from ${context}.lane,
             (select to_position from ${context}.ledger where lane_id = $1 order by from_position desc limit 1) closed
       where id = $1`,
    values: [id, newId, names, makesCalls],
  });
  await transaction.query({
    text: `
      insert into ${context}.ledger (lane_id, from_position, to_position, to_id)
      select $1, -1, coalesce(max(position), (select floor from messaging.log_identity)),
             (select id from messaging.log where position <= $2 order by position desc limit 1)
        from messaging.log where position <= $2`,
    values: [newId, after],
  });
  await transaction.query({
    text: `update ${context}.parked set lane_id = $2 where lane_id = $1`,
    values: [id, newId],
  });
}
