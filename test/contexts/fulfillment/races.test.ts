import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { contextHistory, logHistory } from '#app/persistence/migrate';
import type { Observer } from '#events/messaging/watching/observer';
import type { NewEvent } from '#events/messaging';
import { migrations } from '#migrations/fulfillment';
import { idOfName, newId, type OrderId, ProductId, WarehouseId } from '#shared-kernel/ids';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { asUser, type Office, openProcess } from './office.ts';
import { listed, orderOf } from './story.ts';

const north = idOfName(WarehouseId, 'warehouses', 'north');
const south = idOfName(WarehouseId, 'warehouses', 'south');

/** As many as there are connections: who waits for one does not race. */
const AT_ONCE = 16;

const histories = [logHistory, contextHistory('fulfillment', migrations)];

describe('two processes of fulfillment on one database', () => {
  let database: TestDatabase;
  let offices: readonly [Office, Office];
  let stopping: AbortController;
  let relaying: Promise<unknown>;
  const troubles: string[] = [];

  /** Whatever is not a lost race. A deadlock counts as one, and there should be none; that a busy pool has no connection does not. */
  const observer: Observer = {
    failed: ({ lane, error, fault }) =>
      void (fault !== 'outage' && troubles.push(`${lane.subscriber}: ${fault}: ${String(error)}`)),
    parked: ({ lane, error }) => void troubles.push(`${lane.subscriber} parked: ${error}`),
  };

  beforeAll(async () => void (database = await createDatabase(histories)));
  afterAll(() => database[Symbol.asyncDispose]());

  beforeEach(async () => {
    troubles.length = 0;
    const options = { observer, settings: { stepInAfter: 10 } };
    offices = [await openProcess(database, options), await openProcess(database, options)];
    stopping = new AbortController();
    relaying = Promise.all(offices.map(({ relay }) => relay.run(stopping.signal)));
  });
  afterEach(async () => {
    stopping.abort();
    await relaying;
    await Promise.all(offices.map(({ close }) => close()));
  });

  /** The one office, then the other. */
  const officeAt = (at: number) => offices[at % 2]!;

  const stockOf = (productId: ProductId) => asUser(() => offices[0].context.queries.getStock(productId));

  const reservationOf = (orderId: OrderId) => asUser(() => offices[0].context.queries.getReservation(orderId));

  const shipmentsOf = async (orderId: OrderId) =>
    (await asUser(() => offices[0].context.queries.listShipments({ limit: 100, orderId }))).items;

  /** One after the other: all at once they would keep the relays from their connections. */
  async function statusesOf(orders: readonly { readonly orderId: OrderId }[]) {
    const statuses: string[] = [];
    for (const { orderId } of orders) statuses.push((await reservationOf(orderId)).status);
    return statuses;
  }

  const receive = (at: number, productId: ProductId, warehouseId: WarehouseId, quantity: number, receiptId?: string) =>
    asUser(() => officeAt(at).context.commands.receiveStock({ productId, warehouseId, quantity, receiptId }));

  async function openProduct(inNorth: number, inSouth: number): Promise<ProductId> {
    const productId = newId(ProductId);
    await offices[0].record(listed(productId));
    for (const warehouseId of [north, south]) {
      await asUser(() => offices[0].context.commands.openWarehouse({ name: 'Depot', warehouseId }));
    }
    await eventually(
      async () => offices.forEach(({ relay }) => relay.wake()),
      () => stockOf(productId),
    );
    if (inNorth) await receive(0, productId, north, inNorth);
    if (inSouth) await receive(0, productId, south, inSouth);
    return productId;
  }

  const settle = (expectation: () => Promise<unknown>) =>
    eventually(async () => offices.forEach(({ relay }) => relay.wake()), expectation);

  test('never promise a piece twice, whoever moves the stock or writes it off meanwhile', async () => {
    const productId = await openProduct(20, 20);
    const orders = Array.from({ length: 60 }, () => orderOf([productId, 1]));
    const results: PromiseSettledResult<void>[] = [];
    const moveStockWhileItIsOrdered = async ({ placed }: (typeof orders)[number], at: number) => {
      const { record, relay, context } = officeAt(at);
      await record(placed);
      relay.wake();
      const [from, to] = at % 4 < 2 ? [north, south] : [south, north];
      const transfer = asUser(() => context.commands.transferStock({ productId, from, to, quantity: 1 }));
      await Promise.allSettled([transfer]);
      const broken = { productId, warehouseId: from, difference: -1, reason: 'broken' };
      results.push(...(await Promise.allSettled([asUser(() => context.commands.adjustStock(broken))])));
    };
    const queue = orders.entries();
    const takeTurns = async () => {
      for (const [at, order] of queue) await moveStockWhileItIsOrdered(order, at);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, takeTurns));
    await settle(async () => expect(await statusesOf(orders)).toHaveLength(60));
    const reserved = (await statusesOf(orders)).filter((status) => status === 'reserved').length;
    const onHand = 40 - results.filter(({ status }) => status === 'fulfilled').length;
    expect(await stockOf(productId)).toMatchObject({ onHand, reserved: onHand, available: 0 });
    expect(reserved).toBe(onHand);
    expect(troubles).toEqual([]);
  });

  test('agree on an order whose cancellation is heard while it is being reserved', async () => {
    const productId = await openProduct(1000, 0);
    const orders = Array.from({ length: 100 }, () => orderOf([productId, 1]));
    for (const { placed, cancellationRequested } of orders) {
      await offices[0].record(placed, cancellationRequested);
      for (const { relay } of offices) relay.wake();
    }
    await settle(async () => expect(new Set(await statusesOf(orders))).toEqual(new Set(['released'])));
    expect(await stockOf(productId)).toMatchObject({ onHand: 1000, reserved: 0 });
    expect(troubles).toEqual([]);
  });

  test('agree which shipment of an order was the last', async () => {
    const [inNorth, inSouth] = [await openProduct(10, 0), await openProduct(0, 10)];
    const orders = Array.from({ length: 10 }, () => orderOf([inNorth, 1], [inSouth, 1]));
    for (const { placed, confirmed } of orders) await offices[0].record(placed, confirmed);
    await settle(async () => expect(new Set(await statusesOf(orders))).toEqual(new Set(['shipping'])));
    const all = (await Promise.all(orders.map(({ orderId }) => shipmentsOf(orderId)))).flat();
    expect(all).toHaveLength(20);
    const dispatches = all.map(({ id: shipmentId }, at) =>
      asUser(() => officeAt(at).context.commands.dispatchShipment({ shipmentId })),
    );
    await Promise.all(dispatches);
    const deliveries = all.map(({ id: shipmentId }, at) =>
      asUser(() => officeAt(at).context.commands.deliverShipment({ shipmentId })),
    );
    await Promise.all(deliveries);
    const last = await database.query<{ type: string; count: number }>(
      `select type, count(*)::int from messaging.log where (data->>'isLastOfOrder')::boolean and key = any($1) group by type order by type`,
      [orders.map(({ orderId }) => orderId)],
    );
    expect(last).toEqual([
      { type: 'fulfillment.ShipmentDelivered', count: 10 },
      { type: 'fulfillment.ShipmentDispatched', count: 10 },
    ]);
    expect(await stockOf(inNorth)).toMatchObject({ onHand: 0, reserved: 0 });
    expect(await statusesOf(orders)).toEqual(orders.map(() => 'delivered'));
  });

  test('receive first pieces at once, and one receipt once', async () => {
    const productId = await openProduct(0, 0);
    await Promise.all(Array.from({ length: 10 }, (_, at) => receive(at, productId, north, 2)));
    const receiptId = newId(ProductId);
    await Promise.all(Array.from({ length: 10 }, (_, at) => receive(at, productId, south, 5, receiptId)));
    expect(await stockOf(productId)).toMatchObject({
      onHand: 25,
      warehouses: [{ onHand: 20 }, { onHand: 5 }].toSorted(() => (north < south ? 0 : -1)),
    });
  });

  test('cannot break the rule that what is reserved is on hand, not even past all code', async () => {
    const productId = await openProduct(5, 0);
    const breaking = [
      'update fulfillment.stock_levels set reserved = on_hand + 1 where product_id = $1',
      'update fulfillment.stock_levels set reserved = -1 where product_id = $1',
      'update fulfillment.stock_levels set on_hand = -1 where product_id = $1',
    ];
    for (const text of breaking) {
      await expect(database.query(text, [productId])).rejects.toMatchObject({ constraint: 'reserved_is_on_hand' });
    }
  });
});

describe('a batch', () => {
  /** What became of everything, but for ids and times that each run makes anew. */
  async function run(events: readonly NewEvent[], orderIds: readonly OrderId[], largestBatch: number) {
    await using database = await createDatabase(histories);
    const sizes: number[] = [];
    const observer: Observer = {
      handled: ({ events }) => void sizes.push(events.length),
      failed: ({ error }) => {
        throw error;
      },
    };
    const { context, relay, record, close } = await openProcess(database, { settings: { largestBatch }, observer });
    const { commands, queries } = context;
    const productIds = events.filter(({ type }) => type === 'catalog.ProductListed').map(({ key }) => key as ProductId);
    await record(...events.slice(0, productIds.length));
    await relay.relayOnce();
    for (const warehouseId of [north, south]) {
      await asUser(() => commands.openWarehouse({ name: 'Depot', warehouseId }));
      for (const productId of productIds) {
        await asUser(() => commands.receiveStock({ productId, warehouseId, quantity: 20 }));
      }
    }
    await record(...events.slice(productIds.length));
    await relay.relayOnce();
    const stock = await asUser(() => queries.listStock({ limit: 100 }));
    const reservations = await Promise.all(orderIds.map((id) => asUser(() => queries.getReservation(id))));
    const facts = await database.query<{ type: string; key: string }>(
      `select type, key from messaging.log where source like 'fulfillment.%' order by position`,
    );
    await close();
    const withoutIds = reservations.map(({ shipments, ...reservation }) => ({
      ...reservation,
      shipments: shipments.map(({ warehouseId, status }) => ({ warehouseId, status })),
    }));
    return { sizes, outcome: { stock, facts, reservations: withoutIds } };
  }

  test('of many events does what as many batches of one do', async () => {
    const productIds = Array.from({ length: 5 }, () => newId(ProductId));
    const orders = Array.from({ length: 110 }, (_, at) =>
      orderOf([productIds[at % 5]!, 1 + (at % 3)], [productIds[(at * 7) % 5]!, 1]),
    );
    const story = orders.flatMap(({ placed, confirmed, cancellationRequested, cancelled }, at) => [
      ...(at % 5 === 0 ? [confirmed] : []),
      ...(at % 11 === 0 ? [cancellationRequested, cancellationRequested] : []),
      placed,
      ...(at % 13 === 0 ? [placed] : []),
      ...(at % 3 === 0 ? [confirmed] : []),
      ...(at % 7 === 0 ? [cancellationRequested] : []),
      ...(at % 4 === 0 ? [cancelled] : []),
    ]);
    const events = [...productIds.map((productId) => listed(productId)), ...story];
    const ids = orders.map(({ orderId }) => orderId);
    const [single, large] = [await run(events, ids, 1), await run(events, ids, 150)];
    expect(Math.max(...single.sizes)).toBe(1);
    expect(Math.max(...large.sizes)).toBeGreaterThan(10);
    expect(large.outcome).toEqual(single.outcome);
    expect(new Set(large.outcome.reservations.map(({ status }) => status))).toEqual(
      new Set(['reserved', 'rejected', 'shipping', 'released']),
    );
  });
});
