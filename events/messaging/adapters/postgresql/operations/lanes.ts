import type pg from 'pg';
import { findMembers } from '../relay/members.ts';
import { send } from '../transactions/statement.ts';
import type { Transaction } from '../transactions/transaction.ts';
import { auditStatement, type Operator } from './audit.ts';
import type { FoundLane, KnownSubscriber } from './lane-of.ts';
import { closeLane, onLane, openLane, standingOf } from './lane-succession.ts';

/** The lane of a subscriber that the code has may not be retired: nobody would handle what it is there for. */
export class StillHeard extends Error {
  constructor(subscriber: string) {
    super(`${subscriber} is a subscriber of this code. Retire it from code that no longer has it, when no other runs`);
    this.name = 'StillHeard';
  }
}

/** A process with older code seems to work the lane. */
export class StillWorked extends Error {
  constructor(subscriber: string, seconds: number) {
    super(
      `${subscriber} was moved on ${seconds} s ago: a process whose code has it is at work. Stop those that have; without them it can be retired in ${WORKED_WITHIN - seconds} s`,
    );
    this.name = 'StillWorked';
  }
}

export class AlreadyRetired extends Error {
  constructor(subscriber: string) {
    super(`${subscriber} is retired; events resume lets it go on where it stood`);
    this.name = 'AlreadyRetired';
  }
}

export class NotPaused extends Error {
  constructor(subscriber: string) {
    super(`${subscriber} was not paused`);
    this.name = 'NotPaused';
  }
}

/** What a lane that was retired leaves behind. */
export interface Retired {
  /** Events that nobody tries any more. */
  readonly parked: number;
}

/** Stops a subscriber, wherever it runs, before its next batch. @throws {NoSuchLane} {@link AlreadyRetired} */
export const pauseLane = (pool: pg.Pool, subscriber: string, operator: Operator): Promise<void> =>
  onLane(pool, subscriber, async (transaction, lane) => {
    if (lane.isRetired) throw new AlreadyRetired(subscriber);
    await pause(transaction, lane, operator, 'pause');
  });

/** Lets a lane go on that was paused, or retired: where it stood, with what is parked on it. @throws {NoSuchLane} {@link NotPaused} */
export const resumeLane = (pool: pg.Pool, subscriber: string, operator: Operator): Promise<void> =>
  onLane(pool, subscriber, async (transaction, lane) => {
    if (lane.isRetired) await openLane(transaction, lane, await standingOf(transaction, lane));
    else await unpause(transaction, lane, subscriber);
    await transaction.query(auditStatement(lane, operator, 'resume'));
  });

/**
 * Ends the lane of a subscriber that the code no longer has, so that it holds no history any more. Code that still has it, or
 * has it again, finds the lane at rest: nothing is handled twice.
 * @throws {NoSuchLane} {@link StillHeard} {@link StillWorked} {@link AlreadyRetired} {@link LaneHeld}
 */
export const retireLane = (
  pool: pg.Pool,
  known: readonly KnownSubscriber[],
  subscriber: string,
  operator: Operator,
): Promise<Retired> =>
  onLane(pool, subscriber, async (transaction, lane) => {
    if (lane.isRetired) throw new AlreadyRetired(subscriber);
    const heard = known.find(({ name }) => lane.names.includes(name));
    if (heard) throw new StillHeard(heard.name);
    await assertNotWorked(transaction, lane, subscriber);
    await closeLane(transaction, lane);
    await pause(transaction, lane, operator, 'retire');
    return { parked: await countParked(transaction, lane) };
  });

async function pause(
  transaction: Transaction,
  lane: FoundLane,
  operator: Operator,
  action: 'pause' | 'retire',
): Promise<void> {
  const because = `${action === 'retire' ? 'retired by ' : ''}${operator.actor}: ${operator.reason}`;
  await transaction.query({
    text: `update ${lane.context}.lane set paused_because = $2, paused_at = now() where id = $1`,
    values: [lane.id, because],
  });
  await transaction.query(auditStatement(lane, operator, action));
}

async function unpause(transaction: Transaction, { context, id }: FoundLane, subscriber: string): Promise<void> {
  const { rowCount } = await transaction.query({
    text: `update ${context}.lane set paused_because = null, paused_at = null where id = $1 and paused_because is not null`,
    values: [id],
  });
  if (rowCount === 0) throw new NotPaused(subscriber);
}

/** Seconds: a lane that is worked moves once a minute, as long as the log does. */
const WORKED_WITHIN = 90;

async function assertNotWorked(
  transaction: Transaction,
  { context, id }: FoundLane,
  subscriber: string,
): Promise<void> {
  if ((await findMembers(transaction)).length === 0) return;
  const { rows } = await send<{ seconds: number }>(transaction, {
    text: `
      select extract(epoch from clock_timestamp() - recorded_at)::int as seconds from ${context}.ledger
       where lane_id = $1 and from_position >= 0 and to_position > from_position order by from_position desc limit 1`,
    values: [id],
  });
  const { seconds = Infinity } = rows[0] ?? {};
  if (seconds < WORKED_WITHIN) throw new StillWorked(subscriber, seconds);
}

async function countParked(transaction: Transaction, { context, id }: FoundLane): Promise<number> {
  const text = `select count(*) as parked from ${context}.parked where lane_id = $1`;
  return (await send<Retired>(transaction, { text, values: [id] })).rows[0]!.parked;
}
