import { setTimeout as sleep } from 'node:timers/promises';
import type { ShipmentId } from '#shared-kernel/ids';
import { eachOf } from './goods.ts';
import type { Call, HttpClient } from './http-client.ts';

const OPEN = ['placed', 'confirmed', 'shipped'] as const;
const LOOK_EVERY = 50;
const AT_ONCE = 4;

/** Orders stand still: what was to end has not. */
export class OrdersStuck extends Error {
  constructor(patience: number) {
    super(`for ${patience / 1000} s no parcel left and no order ended, but some are still open`);
    this.name = 'OrdersStuck';
  }
}

export interface Shipping {
  readonly client: HttpClient;
  /** Resolves when no more orders will come. */
  readonly shopping: Promise<unknown>;
  /** How long nothing may happen while orders are open, milliseconds. */
  readonly patience: number;
}

/** Dispatches and delivers whatever is ready, until every order has ended. @throws {OrdersStuck} */
export async function shipUntilAllEnded({ client, shopping, patience }: Shipping): Promise<void> {
  let isShopping = true;
  void shopping.catch(() => undefined).then(() => (isShopping = false));
  const seen = new Set<ShipmentId>();
  for (let movedAt = Date.now(), open = ''; ; await sleep(LOOK_EVERY)) {
    const wasShopping = isShopping;
    const ready = (await findReady(client)).filter((id) => !seen.has(id));
    await eachOf(ready, (id) => deliver(client, id), AT_ONCE);
    for (const id of ready) seen.add(id);
    const stillOpen = await describeOpen(client);
    if (!wasShopping && stillOpen === '') return;
    if (wasShopping || ready.length > 0 || stillOpen !== open) movedAt = Date.now();
    open = stillOpen;
    if (Date.now() - movedAt > patience) throw new OrdersStuck(patience);
  }
}

async function findReady(client: HttpClient): Promise<ShipmentId[]> {
  const { body } = await client.call(get('/api/fulfillment/shipments?status=prepared&limit=100'));
  return (body['items'] as { id: ShipmentId }[]).map(({ id }) => id);
}

/** A parcel whose order is cancelled at the last moment stays. */
async function deliver(client: HttpClient, id: ShipmentId): Promise<void> {
  const { status } = await client.call(act(id, 'dispatch', [204, 'fulfillment.shipment-voided']));
  if (status === 204) await client.call(act(id, 'deliver', [204]));
}

const act = (id: ShipmentId, step: 'dispatch' | 'deliver', mayEnd: Call['mayEnd']): Call => ({
  method: 'POST',
  path: `/api/fulfillment/shipments/${id}/${step}`,
  key: `${step}-${id}`,
  mayEnd,
});

/** Whether every order is confirmed or cancelled before patience ends. */
export async function untilDecided(client: HttpClient, patience: number): Promise<boolean> {
  for (const deadline = Date.now() + patience; Date.now() < deadline; await sleep(LOOK_EVERY)) {
    if ((await describeOpen(client, ['placed'])) === '') return true;
  }
  return false;
}

/** Names the first open orders; empty when there is none. */
async function describeOpen(client: HttpClient, statuses: readonly string[] = OPEN): Promise<string> {
  const pages = await Promise.all(
    statuses.map((status) => client.call(get(`/api/checkout/orders?status=${status}&limit=1`))),
  );
  return pages
    .flatMap(({ body }) => body['items'] as { id: string }[])
    .map(({ id }) => id)
    .join(' ');
}

const get = (path: string) => ({ method: 'GET' as const, path, mayEnd: [200] });
