import { expect, test } from 'vitest';
import { CustomerRegistered } from '#events/accounts';
import { OrderCancelled, OrderConfirmed } from '#events/checkout';
import { MailId, newId, OrderId } from '#shared-kernel/ids';
import { confirmed, describeNotifications, registered } from './desk.ts';

describeNotifications((openFor) => {
  test('mails are listed page by page as they were written, by customer and by order', async () => {
    const desk = await openFor();
    const { customerId } = desk;
    const other = registered();
    await desk.given(CustomerRegistered(other));
    const orders = [confirmed(customerId), confirmed(other.customerId), confirmed(customerId), confirmed(customerId)];
    for (const order of orders) {
      desk.clock.advance(1_000);
      await desk.given(OrderConfirmed(order));
    }
    await desk.given(OrderCancelled({ ...orders[0]!, reason: 'too dear' }));
    const list = (input: object) => desk.as(() => desk.context.queries.listMails({ limit: 3, ...input }));
    const first = await list({});
    const rest = await list({ after: first.next! });
    expect([...first.items, ...rest.items].map(({ orderId }) => orderId).slice(0, 3)).toEqual(
      orders.slice(0, 3).map(({ orderId }) => orderId),
    );
    expect(rest.items).toHaveLength(2);
    expect(rest.next).toBeNull();
    expect((await list({ customerId: other.customerId })).items).toHaveLength(1);
    expect((await list({ orderId: orders[0]!.orderId })).items.map(({ template }) => template)).toEqual([
      'order-confirmed',
      'order-cancelled',
    ]);
    expect((await list({ after: newId(MailId) })).items).toEqual([]);
    const orderIds = [orders[0]!.orderId, newId(OrderId), orders[2]!.orderId];
    const about = await desk.as(() => desk.context.queries.listMailsByOrderIds({ orderIds }));
    expect(about.map(({ orderId }) => orderId).toSorted()).toEqual(
      [orders[0]!, orders[0]!, orders[2]!].map(({ orderId }) => orderId).toSorted(),
    );
    expect(await desk.as(() => desk.context.queries.listMailsByOrderIds({ orderIds: [] }))).toEqual([]);
  });
});
