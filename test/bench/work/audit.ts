import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import { ask } from './connection.ts';
import { type Effect, EFFECTS, SCHEMA } from './tables.ts';

/** What a contender did, counted from the rows. */
export interface Audit {
  readonly orders: number;
  /** What is wrong, in words; a contender with any is disqualified. */
  readonly faults: readonly string[];
}

interface Count {
  readonly effect: Effect;
  readonly lost: number;
  readonly doubled: number;
  readonly wrong: number;
}

const COUNT = EFFECTS.map(
  (effect) => `
    select '${effect}' as effect,
           count(*) filter (where found = 0)::int as lost,
           coalesce(sum(found - 1) filter (where found > 1), 0)::int as doubled,
           count(*) filter (where found > 0 and amount <> total)::int as wrong
      from (select o.total, count(e.order_id) as found, max(e.amount) as amount
              from ${SCHEMA}.orders o left join ${SCHEMA}.${effect} e on e.order_id = o.id group by o.id) each_order`,
).join(' union all ');

/** Holds every order against every subscriber: each has one row, with the order's total. */
export async function audit(address: DatabaseAddress, expectedOrders: number): Promise<Audit> {
  const counts = await ask<Count & Record<string, unknown>>(address, COUNT);
  const [{ orders }] = (await ask<{ orders: number }>(
    address,
    `select count(*)::int as orders from ${SCHEMA}.orders`,
  )) as [{ orders: number }];
  const missing = orders === expectedOrders ? [] : [`${expectedOrders} orders were placed, ${orders} are there`];
  return { orders, faults: [...missing, ...counts.flatMap(faultsOf)] };
}

const faultsOf = ({ effect, lost, doubled, wrong }: Count): string[] =>
  [
    lost > 0 && `${lost} orders have no row in ${effect}`,
    doubled > 0 && `${doubled} rows too many in ${effect}`,
    wrong > 0 && `${wrong} rows in ${effect} with another amount`,
  ].filter((fault) => fault !== false);

/** How many effects there are now. */
export async function countEffects(address: DatabaseAddress): Promise<number> {
  const counts = EFFECTS.map((effect) => `(select count(*) from ${SCHEMA}.${effect})`).join(' + ');
  const [row] = await ask<{ effects: number }>(address, `select (${counts})::int as effects`);
  return row!.effects;
}
