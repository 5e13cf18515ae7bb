import type pg from 'pg';
import type { Operator } from './audit.ts';
import { inTransaction } from './in-transaction.ts';
import { findHeads, type FoundHeads, type ParkedFilter } from './parked.ts';

/** `retry` at once with fresh attempts; `skip` it, so that the rest of its key goes on; `discard` its whole key. */
export type ParkedAction = 'retry' | 'skip' | 'discard';

/** What an action would act on: heads of keys, and what waits behind them, which a `discard` gives up as well. */
export interface ParkedPlan {
  readonly heads: number;
  readonly behind: number;
}

/** @throws {NoSuchLane} */
export async function planAction(pool: pg.Pool, filter: ParkedFilter): Promise<ParkedPlan> {
  const found = await findHeads(pool, filter);
  const sum = (countOf: (lane: FoundHeads) => number) => found.reduce((total, lane) => total + countOf(lane), 0);
  return { heads: sum(({ heads }) => heads.length), behind: sum(({ behind }) => behind) };
}

const AT_ONCE = 500;

/**
 * Acts on every event that is a head and matches when it begins, the oldest first, in portions of one transaction each: an
 * action that is cut short may be given again. Every event is audited. One that is being tried at this moment is left alone.
 * `progress` hears how many heads are done.
 * @throws {NoSuchLane}
 */
export async function actOnParked(
  pool: pg.Pool,
  action: ParkedAction,
  of: { readonly filter: ParkedFilter; readonly operator: Operator; readonly progress?: (done: number) => void },
): Promise<number> {
  let done = 0;
  for (const { lane, heads } of await findHeads(pool, of.filter))
    for (let from = 0; from < heads.length; from += AT_ONCE) {
      done += await actOnPortion(pool, action, of.operator, { lane, heads: heads.slice(from, from + AT_ONCE) });
      of.progress?.(done);
    }
  return done;
}

const actOnPortion = (
  pool: pg.Pool,
  action: ParkedAction,
  { actor, reason }: Operator,
  { lane, heads }: Pick<FoundHeads, 'lane' | 'heads'>,
): Promise<number> =>
  inTransaction(pool, async (transaction) => {
    const { rows } = await transaction.query<{ done: number }>({
      text: `
        with held as (
          select tenant_id, lane_id, position, key from ${lane.context}.parked
           where lane_id = $1 and (tenant_id, position) in (select * from unnest($2::text[], $3::bigint[]))
           order by position for update skip locked),
        acted as (${STATEMENTS[action](`${lane.context}.parked`)} returning p.id, p.position),
        audited as (
          insert into ${lane.context}.operation (actor, action, subscriber, event_id, reason)
          select $4, $5, $6, id, $7 from acted order by position)
        select count(*) as done from held`,
      values: [
        lane.id,
        heads.map(({ tenantId }) => tenantId),
        heads.map(({ position }) => position),
        actor,
        action,
        lane.names.at(-1),
        reason,
      ],
    });
    return rows[0]!.done;
  });

const IS_HELD = 'p.lane_id = held.lane_id and p.tenant_id = held.tenant_id and p.position = held.position';
const IS_OF_HELD_KEY =
  'p.lane_id = held.lane_id and p.tenant_id = held.tenant_id and (p.position = held.position or p.key = held.key)';

const STATEMENTS: Readonly<Record<ParkedAction, (table: string) => string>> = {
  retry: (table) => `update ${table} p set attempts = 0, is_dead = false, due_at = now() from held where ${IS_HELD}`,
  skip: (table) => `delete from ${table} p using held where ${IS_HELD}`,
  discard: (table) => `delete from ${table} p using held where ${IS_OF_HELD_KEY}`,
};
