import type pg from 'pg';
import { LOCK_TIMED_OUT } from '../../../lanes/fault.ts';
import type { LogPosition } from '../../../log/log.ts';
import { newestLedgerRowOf } from '../lanes/lane-positions.ts';
import { holdRoster, newLaneId } from '../lanes/lane-roster.ts';
import { send } from '../transactions/statement.ts';
import type { Transaction } from '../transactions/transaction.ts';
import { inTransaction } from '../transactions/in-transaction.ts';
import { type FoundLane, laneOf } from './lane-of.ts';

/** Somebody has the lane for longer than an operator should wait. */
export class LaneHeld extends Error {
  constructor(subscriber: string, cause: unknown) {
    super(`${subscriber} is in the middle of a batch that does not end; give the command again in a moment`, { cause });
    this.name = 'LaneHeld';
  }
}

/**
 * Runs an operator's work on the lane of a subscriber in one transaction: until it ends nobody else makes, replaces or retires
 * lanes of the context. @throws {NoSuchLane}
 */
export const onLane = <Result>(
  pool: pg.Pool,
  subscriber: string,
  work: (transaction: Transaction, lane: FoundLane) => Promise<Result>,
): Promise<Result> =>
  inTransaction(pool, async (transaction) => {
    const { context } = await laneOf(transaction, subscriber);
    await transaction.query(holdRoster(context));
    return work(transaction, await laneOf(transaction, subscriber));
  });

/**
 * Nobody moves the lane on any more: the closing row takes the place of whatever a worker of it would write next. Waits for the
 * batch under way. @throws {LaneHeld}
 */
export async function closeLane(transaction: Transaction, lane: FoundLane): Promise<void> {
  if (lane.isRetired) return;
  const { context, id, names } = lane;
  try {
    await transaction.query({ text: 'select pg_advisory_xact_lock($1)', values: [id] });
    await transaction.query({ text: `update ${context}.lane set retired_at = now() where id = $1`, values: [id] });
    while (!(await isClosed(transaction, lane)));
  } catch (error) {
    throw (error as { code?: string }).code === LOCK_TIMED_OUT ? new LaneHeld(names.at(-1)!, error) : error;
  }
}

/** False where a batch in its stride, which holds no lock, has moved the lane on meanwhile: the next statement sees it. */
async function isClosed(transaction: Transaction, { context, id }: FoundLane): Promise<boolean> {
  const { rowCount } = await transaction.query({
    text: `
      insert into ${context}.ledger (lane_id, from_position, to_position, to_id)
      select $1, to_position, to_position, to_id from ${newestLedgerRowOf(context, '$1')} newest on conflict do nothing`,
    values: [id],
  });
  return rowCount === 1;
}

export interface Replay {
  /** Up to there calls to the outside were made before. */
  readonly until: number;
  /** The log is another one: how far an earlier replay goes means nothing any more. */
  readonly isElsewhere: boolean;
  readonly makesCalls: boolean;
}

/** Puts a new lane in the place of a closed one: it has its names, and what is parked on it. */
export async function openLane(
  transaction: Transaction,
  { context, id }: FoundLane,
  at: LogPosition,
  replay?: Replay,
): Promise<void> {
  const newId = newLaneId();
  await transaction.query({
    text: `
      insert into ${context}.lane (id, names, replay_until, replay_makes_calls)
      select $2, names, greatest(case when $4 then 0 else replay_until end, $3), coalesce($5, replay_makes_calls)
        from ${context}.lane where id = $1`,
    values: [id, newId, replay?.until ?? 0, replay?.isElsewhere ?? false, replay?.makesCalls ?? null],
  });
  await transaction.query({
    text: `insert into ${context}.ledger (lane_id, from_position, to_position, to_id) values ($1, -1, $2, $3)`,
    values: [newId, at.position, at.eventId],
  });
  await transaction.query({
    text: `update ${context}.parked set lane_id = $2 where lane_id = $1`,
    values: [id, newId],
  });
  await transaction.query({
    text: `update ${context}.recovered set lane_id = $2 where lane_id = $1 and position <= $3`,
    values: [id, newId, at.position],
  });
}

/** Where a lane stands. */
export async function standingOf(transaction: Transaction, { context, id }: FoundLane): Promise<LogPosition> {
  const { rows } = await send<{ to_position: number; to_id: string | null }>(transaction, {
    text: `select to_position, to_id from ${newestLedgerRowOf(context, '$1')} newest`,
    values: [id],
  });
  return { position: rows[0]!.to_position, eventId: rows[0]!.to_id };
}
