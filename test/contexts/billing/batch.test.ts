import { expect, test } from 'vitest';
import { OrderPlaced } from '#events/checkout';
import { StockReserved } from '#events/fulfillment';
import type { NewEvent } from '#events/messaging';
import { draftOf } from '#events/messaging/units/outbox';
import { codec } from '#events/registry';
import { describeBilling, stateOf } from './office.ts';
import { cancelled, placed } from './story.ts';

describeBilling((open) => {
  test('a batch of many facts in one unit of work comes to the same as one after the other', async () => {
    const office = open();
    const [billOrders] = office.context.subscribers;
    const orders = Array.from({ length: 40 }, () => placed());
    const dropped = new Set(orders.filter((_, at) => at % 3 === 0));
    const facts: NewEvent[] = [
      ...orders.map((order) => StockReserved({ orderId: order.orderId })),
      ...orders.flatMap((order) => [OrderPlaced(order), OrderPlaced(order)]),
      ...[...dropped].map((order) => cancelled(order)),
    ];
    await office.as(() =>
      office.context.store.unitOfWork(async (scope) => {
        const events = facts.map((fact, at) =>
          codec.decode({ ...draftOf(fact, office.clock.now()), position: at + 1, recordedAt: office.clock.now() }),
        );
        await billOrders!.prepare(scope, events);
        for (const event of events) await billOrders!.handle(scope, event);
      }),
    );
    await office.performRequests();
    for (const order of orders) {
      const expected = dropped.has(order) ? ['refunded', '64.78', '64.78'] : ['paid', '64.78', '0.00'];
      expect(await stateOf(office, order)).toEqual(expected);
    }
  });
});
