import type { Evidence } from './balances.ts';
import { gather, type Gathering } from './crowd.ts';
import { type Ground, query } from './ground.ts';
import type { Figures } from './report.ts';
import { OrdersStuck, shipUntilAllEnded, type Shipping } from './shipping.ts';
import { shop } from './shopping.ts';

export interface Rush extends Gathering {
  /** How long nothing may move, milliseconds. */
  readonly patience: number;
  readonly onPlaced?: (placed: number) => void;
}

/** Everybody orders at once, whatever is ready is delivered, until every order has ended. Tells what was seen from outside. */
export async function rush(options: Rush): Promise<{ evidence: Evidence; figures: Figures }> {
  const { ground, demand, servers, patience, onPlaced } = options;
  const crowd = await gather(options);
  const began = performance.now();
  let orderedAfter = 0;
  const shopping = shop({ ...crowd, orders: demand.orders, ...(onPlaced && { onPlaced }) }).finally(() => {
    orderedAfter = performance.now() - began;
  });
  const [placed] = await Promise.all([shopping, endAll({ client: crowd.clients[0]!, shopping, patience })]);
  const endedAfter = performance.now() - began;
  return {
    evidence: { demand, placed, tally: crowd.tally },
    figures: {
      'orders asked for': demand.orders.length,
      'clients, servers': `${crowd.clients.length}, ${servers.length}`,
      'all placed after': rate(placed.size, orderedAfter),
      'all ended after': rate(placed.size, endedAfter),
      'calls repeated': crowd.tally.repeated,
      ...(await measureDecisions(ground)),
    },
  };
}

/** Orders that stand still are for the balances to show. */
export async function endAll(shipping: Shipping): Promise<void> {
  try {
    await shipUntilAllEnded(shipping);
  } catch (error) {
    if (!(error instanceof OrdersStuck)) throw error;
  }
}

/** From being placed to being confirmed or cancelled, by the log's own times. */
async function measureDecisions({ database }: Pick<Ground, 'database'>): Promise<Figures> {
  const [row] = await query<Record<'p50' | 'p99' | 'longest', number | null>>(
    database,
    `with decided as (
       select extract(epoch from min(recorded_at) filter (where type in ('checkout.OrderConfirmed', 'checkout.OrderCancelled'))
                                 - min(recorded_at) filter (where type = 'checkout.OrderPlaced'))::float8 as seconds
         from messaging.log where type like 'checkout.Order%' group by key)
     select percentile_cont(0.5) within group (order by seconds) as p50,
            percentile_cont(0.99) within group (order by seconds) as p99, max(seconds) as longest from decided`,
  );
  const { p50, p99, longest } = row!;
  const shown = [p50, p99, longest].map((each) => seconds((each ?? 0) * 1000));
  return { 'placed → confirmed or cancelled, p50 / p99 / longest': shown.join(' / ') };
}

const rate = (count: number, milliseconds: number): string =>
  `${seconds(milliseconds)}, ${(count / (milliseconds / 1000)).toFixed(1)} orders/s`;

export const seconds = (milliseconds: number): string =>
  `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
