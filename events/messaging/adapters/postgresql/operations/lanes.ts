import type pg from 'pg';
import { auditStatement, type Operator } from './audit.ts';
import { inTransaction } from './in-transaction.ts';
import { type KnownSubscriber, laneOf } from './lane-of.ts';

/** The lane of a subscriber that the code has may not be retired: it would begin anew, with all its effects. */
export class StillHeard extends Error {
  constructor(subscriber: string) {
    super(
      `${subscriber} is a subscriber of this code: its lane would begin anew. Retire it from code that no longer has it`,
    );
    this.name = 'StillHeard';
  }
}

const PAUSE = `paused_because = $2, paused_at = now()`;
const RESUME = `paused_because = null, paused_at = null`;
const RETIRE = `retired_at = now()`;

/** Stops a subscriber, wherever it runs, before its next batch. @throws {NoSuchLane} */
export const pauseLane = (pool: pg.Pool, subscriber: string, operator: Operator): Promise<void> =>
  change(pool, subscriber, operator, { action: 'pause', set: PAUSE, value: `${operator.actor}: ${operator.reason}` });

/** @throws {NoSuchLane} */
export const resumeLane = (pool: pg.Pool, subscriber: string, operator: Operator): Promise<void> =>
  change(pool, subscriber, operator, { action: 'resume', set: RESUME });

/**
 * Ends the lane of a subscriber that the code no longer has, so that it holds no history any more.
 * @throws {NoSuchLane} {@link StillHeard}
 */
export async function retireLane(
  pool: pg.Pool,
  known: readonly KnownSubscriber[],
  subscriber: string,
  operator: Operator,
): Promise<void> {
  const { names } = await laneOf(pool, subscriber);
  const heard = known.find(({ name }) => names.includes(name));
  if (heard) throw new StillHeard(heard.name);
  await change(pool, subscriber, operator, { action: 'retire', set: RETIRE });
}

const change = (
  pool: pg.Pool,
  subscriber: string,
  operator: Operator,
  { action, set, value }: { readonly action: string; readonly set: string; readonly value?: string },
): Promise<void> =>
  inTransaction(pool, async (transaction) => {
    const lane = await laneOf(pool, subscriber);
    await transaction.query({
      text: `update ${lane.context}.lane set ${set} where id = $1`,
      values: value === undefined ? [lane.id] : [lane.id, value],
    });
    await transaction.query(auditStatement(lane, operator, action));
  });
