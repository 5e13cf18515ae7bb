import type { PlannedOrder } from '../../proofs/support/demand.ts';
import { eachOf } from '../../proofs/support/goods.ts';
import type { Shop } from './shop.ts';

/** How a load went. */
export interface Times {
  /** From the first order to the last confirmation, milliseconds. */
  readonly elapsed: number;
  /** From an order's first call until it was confirmed, milliseconds. */
  readonly confirmed: readonly number[];
  readonly httpCalls: number;
}

/** Each client orders, waits until that order is confirmed, and orders again. */
export async function load(shop: Shop, orders: Iterable<PlannedOrder>, clients: number): Promise<Times> {
  const confirmed: number[] = [];
  let httpCalls = 0;
  const began = performance.now();
  const orderOne = async (order: PlannedOrder, client: number) => {
    const sent = performance.now();
    const calls = await shop.buy(order, client);
    httpCalls += calls;
    confirmed.push(performance.now() - sent);
  };
  await eachOf(orders, orderOne, clients);
  return { elapsed: performance.now() - began, confirmed, httpCalls };
}

/** The value below which so much of all lies; 0.5 is the median. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
