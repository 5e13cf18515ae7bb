import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import { ask } from '../work/connection.ts';
import { EFFECTS, SCHEMA } from '../work/tables.ts';

const ALL_EFFECTS = EFFECTS.map((effect) => `select order_id, xmin as xid from ${SCHEMA}.${effect}`).join(
  ' union all ',
);

/** Times are the server's own: `track_commit_timestamp` stamps each commit, whoever made it. */
const at = (xid: string) => `extract(epoch from pg_xact_commit_timestamp(${xid}))::float8`;

/** When the last effect was committed, in seconds of the server's clock. */
export async function lastEffectAt(address: DatabaseAddress): Promise<number> {
  const [row] = await ask<{ last: number }>(
    address,
    `select max(${at('e.xid')}) as last from (select distinct xid from (${ALL_EFFECTS}) effects) e`,
  );
  return row!.last;
}

/** How many orders were made after one of them, and when the first of these was committed. */
export async function ordersAfter(
  address: DatabaseAddress,
  afterOrder: string,
): Promise<{ readonly orders: number; readonly firstAt: number }> {
  const [row] = await ask<{ orders: number; firstAt: number }>(
    address,
    `select count(*)::int as orders, min(${at('o.xmin')}) as "firstAt" from ${SCHEMA}.orders o where o.id > $1`,
    [afterOrder],
  );
  return row!;
}

/** Milliseconds. */
export interface Lag {
  readonly p50: number;
  readonly p99: number;
}

/** From the commit of an order to that of its first effect, or of its last, for all orders made after one of them. */
export async function lag(address: DatabaseAddress, which: 'first' | 'last', afterOrder: string): Promise<Lag> {
  const pick = which === 'first' ? 'min' : 'max';
  const [row] = await ask<Lag & Record<string, unknown>>(
    address,
    `select percentile_cont(0.5) within group (order by lag) as p50, percentile_cont(0.99) within group (order by lag) as p99
       from (select (e.effect_at - ${at('o.xmin')}) * 1000 as lag from ${SCHEMA}.orders o
               join (select order_id, ${pick}(${at('effects.xid')}) as effect_at from (${ALL_EFFECTS}) effects group by order_id) e
                 on e.order_id = o.id
              where o.id > $1) lags`,
    [afterOrder],
  );
  return row!;
}

/** Orders that still waited for one of their effects when the last order was committed. */
export async function leftOver(address: DatabaseAddress): Promise<number> {
  const [row] = await ask<{ orders: number }>(
    address,
    `select count(*)::int as orders
       from (select order_id, max(${at('effects.xid')}) as effect_at from (${ALL_EFFECTS}) effects group by order_id) e
      where e.effect_at > (select max(${at('o.xmin')}) from ${SCHEMA}.orders o)`,
  );
  return row!.orders;
}
