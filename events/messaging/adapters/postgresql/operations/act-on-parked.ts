import type pg from 'pg';
import type { Operator } from './audit.ts';
import { inTransaction } from '../transactions/in-transaction.ts';
import type { Onlooker } from './onlooker.ts';
import { actInPortions, portionsOf } from './portions.ts';
import { findHeads, type FoundHeads, type ParkedFilter } from './parked.ts';

/** `retry` at once with fresh attempts; `skip` it, so that the rest of its key goes on; `discard` its whole key. */
export type ParkedAction = 'retry' | 'skip' | 'discard';

/** What an action would act on: heads of keys, and what waits behind them, which a `discard` gives up as well. */
export interface ParkedPlan {
  readonly heads: number;
  readonly behind: number;
  /** Heads that a `skip` of all passes over: they waited when the one before them was skipped for this reason. */
  readonly leftAlone: number;
}

/** Which parked events are to be acted on, by whom and why. */
export interface ParkedOrder {
  readonly filter: ParkedFilter;
  readonly operator: Operator;
}

export type PlannedOrder = Pick<ParkedOrder, 'filter'> & Partial<ParkedOrder>;

/** What an order would act on. @throws {NoSuchLane} */
export async function planAction(pool: pg.Pool, action: ParkedAction, order: PlannedOrder): Promise<ParkedPlan> {
  const found = await findHeads(pool, order.filter, giverOf(action, order));
  const sum = (countOf: (lane: FoundHeads) => number) => found.reduce((total, lane) => total + countOf(lane), 0);
  return {
    heads: sum(({ heads }) => heads.length),
    behind: sum(({ behind }) => behind),
    leftAlone: sum(({ leftAlone }) => leftAlone),
  };
}

/**
 * Acts on every event that is a head and matches when it begins, the oldest first, in portions of one transaction each: an
 * action that is cut short may be given again, by the same operator for the same reason, and goes on where it was. Every event is
 * audited. One that is being tried at this moment is left alone. Returns on how many it acted.
 * @throws {NoSuchLane}
 */
export async function actOnParked(
  pool: pg.Pool,
  action: ParkedAction,
  order: ParkedOrder,
  onlooker?: Onlooker,
): Promise<number> {
  const found = await findHeads(pool, order.filter, giverOf(action, order));
  const portions = found.flatMap(({ lane, heads }) =>
    portionsOf(heads, (some) => actOnPortion(pool, action, order.operator, { lane, heads: some })),
  );
  return actInPortions(portions, onlooker);
}

/** What was skipped for one reason makes heads of what waited: those are not meant when an order for all is given again. */
const giverOf = (action: ParkedAction, { filter, operator }: PlannedOrder) =>
  action === 'skip' && filter.eventId === undefined ? operator : undefined;

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
        acted as (${STATEMENTS[action](`${lane.context}.parked`)} returning p.id, p.position, p.tenant_id, p.key),
        audited as (
          insert into ${lane.context}.operation (at, actor, action, subscriber, event_id, tenant_id, key, reason)
          select clock_timestamp(), $4, $5, $6, id, tenant_id, key, $7 from acted order by position)
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
