import { setTimeout as sleep } from 'node:timers/promises';
import type { CustomerId, OrderId } from '#shared-kernel/ids';
import { shipTo } from '../../support/address.ts';
import type { PlannedOrder } from './demand.ts';
import { eachOf } from './goods.ts';
import type { Call, HttpClient } from './http-client.ts';

/** Orders that were acknowledged, by the key they were asked for under. */
export type PlacedOrders = ReadonlyMap<string, OrderId>;

export interface Shopping {
  readonly orders: readonly PlannedOrder[];
  readonly customers: readonly CustomerId[];
  /** One shopper each; they all order at once. */
  readonly clients: readonly HttpClient[];
  readonly onPlaced?: (placed: number) => void;
}

/** Places all orders, and cancels those that are to be; resolves when every call has been answered. */
export async function shop({
  orders,
  customers,
  clients,
  onPlaced = () => undefined,
}: Shopping): Promise<PlacedOrders> {
  const placed = new Map<string, OrderId>();
  const cancelling: Promise<void>[] = [];
  const placeOne = async (order: PlannedOrder, worker: number) => {
    const client = clients[worker]!;
    const orderId = await place(client, orderCall(order, customers));
    if (!orderId) return;
    placed.set(order.key, orderId);
    onPlaced(placed.size);
    if (order.cancelAfter !== undefined) cancelling.push(cancel(client, orderId, order.cancelAfter));
  };
  await eachOf(orders, placeOne, clients.length);
  await Promise.all(cancelling);
  return placed;
}

/** Nothing where the answer was wrong; the tally knows. */
async function place(client: HttpClient, call: Call): Promise<OrderId | undefined> {
  const { body } = await client.call(call);
  return body['id'] as OrderId | undefined;
}

export const orderCall = (order: PlannedOrder, customers: readonly CustomerId[]): Call => ({
  method: 'POST',
  path: '/api/checkout/orders',
  body: { customerId: customers[order.customer]!, lines: order.lines, shipTo, paymentToken: order.paymentToken },
  key: order.key,
  mayEnd: [201],
});

/** A cart becomes one order by itself; a key only lets a repeat have the same answer. */
export const orderFromCartCall = ({ paymentToken }: PlannedOrder, cartId: string): Call => ({
  method: 'POST',
  path: `/api/checkout/carts/${cartId}/order`,
  body: { shipTo, paymentToken },
  mayEnd: [201, 'checkout.cart-already-ordered'],
});

async function cancel(client: HttpClient, orderId: OrderId, after: number): Promise<void> {
  await sleep(after);
  await client.call({
    method: 'POST',
    path: `/api/checkout/orders/${orderId}/cancel`,
    body: { reason: 'thought better of it' },
    key: `cancel-${orderId}`,
    mayEnd: [202, 'checkout.order-not-cancellable'],
  });
}
