import type { CustomerId } from '#shared-kernel/ids';
import type { PlannedOrder } from '../../proofs/support/demand.ts';
import { eachOf } from '../../proofs/support/goods.ts';
import type { HttpClient } from '../../proofs/support/http-client.ts';
import { orderCall } from '../../proofs/support/shopping.ts';
import type { Watcher } from './watcher.ts';

/** How long each order took, milliseconds since it was sent. */
export interface Times {
  /** From the first order sent to the last one confirmed. */
  readonly elapsed: number;
  readonly answered: readonly number[];
  readonly confirmed: readonly number[];
}

export interface Load {
  readonly orders: readonly PlannedOrder[];
  readonly customers: readonly CustomerId[];
  readonly clients: readonly HttpClient[];
  readonly watcher: Watcher;
}

/** An order did not end as every order of this load must. */
export class NotConfirmed extends Error {}

/** Each client orders, waits until that order is confirmed, and orders again. @throws {NotConfirmed} */
export async function load({ orders, customers, clients, watcher }: Load): Promise<Times> {
  const answered: number[] = [];
  const confirmed: number[] = [];
  const began = performance.now();
  const orderOne = async (order: PlannedOrder, at: number) => {
    const sent = performance.now();
    const { status, body } = await clients[at]!.call(orderCall(order, customers));
    answered.push(performance.now() - sent);
    if (status !== 201) throw new NotConfirmed(`${order.key} was answered with ${status} ${JSON.stringify(body)}`);
    const decision = await watcher.decision(String(body['id']));
    confirmed.push(performance.now() - sent);
    if (decision !== 'checkout.OrderConfirmed') throw new NotConfirmed(`${order.key} ended with ${decision}`);
  };
  await eachOf(orders, orderOne, clients.length);
  return { elapsed: performance.now() - began, answered, confirmed };
}

/** The value below which so much of all lies; 0.5 is the median. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
