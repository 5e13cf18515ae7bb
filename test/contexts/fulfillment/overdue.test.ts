import { expect, test } from 'vitest';
import { newId, ProductId } from '#shared-kernel/ids';
import { TestClock } from '../../support/context.ts';
import { asUser, openInMemory } from './office.ts';
import { listed, orderOf } from './story.ts';

const DAY = 24 * 60 * 60_000;

/** Two parcels that have just left. */
async function dispatchTwo() {
  const clock = new TestClock();
  const { context, store, relay, record } = openInMemory(clock);
  const { commands, queries } = context;
  const productIds = [newId(ProductId), newId(ProductId)];
  await record(...productIds.map((productId) => listed(productId)));
  await relay.relayOnce();
  for (const productId of productIds) {
    const warehouseId = await asUser(() => commands.openWarehouse({ name: 'Depot' }));
    await asUser(() => commands.receiveStock({ productId, warehouseId, quantity: 1 }));
  }
  const { placed, confirmed } = orderOf(...productIds.map((productId) => [productId, 1] as const));
  await record(placed, confirmed);
  await relay.relayOnce();
  const { items } = await asUser(() => queries.listShipments({ limit: 2 }));
  for (const { id } of items) await asUser(() => commands.dispatchShipment({ shipmentId: id }));
  const publishDue = async () => {
    const published = await store.schedule.publishDue(10);
    await relay.relayOnce();
    return published;
  };
  const shipments = () => asUser(() => queries.listShipments({ limit: 2 }));
  const deliver = () => asUser(() => commands.deliverShipment({ shipmentId: items[0]!.id }));
  return { clock, publishDue, shipments, deliver };
}

test('a parcel is presumed delivered 60 days after it left, unless it was delivered before', async () => {
  const { clock, publishDue, shipments, deliver } = await dispatchTwo();
  await deliver();
  clock.advance(60 * DAY - 1);
  expect(await publishDue()).toBe(0);
  clock.advance(1);
  expect(await publishDue()).toBe(1);
  expect((await shipments()).items).toMatchObject([
    { status: 'delivered', isPresumed: false },
    { status: 'delivered', isPresumed: true },
  ]);
});
