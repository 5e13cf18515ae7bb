import { expect, test } from 'vitest';
import { CustomerId, newId, OrderId } from '#shared-kernel/ids';
import { bill, describeBilling } from './office.ts';
import { placed } from './story.ts';

describeBilling((open) => {
  test('invoices are listed page by page, by customer and by status', async () => {
    const office = open();
    const customerId = newId(CustomerId);
    const orders = [
      placed('tok_approve', { customerId }),
      placed('tok_approve', { customerId }),
      placed('tok_decline'),
    ];
    for (const order of orders) await bill(office, order);
    await office.performRequests();
    const list = (input: object) => office.as(() => office.context.queries.listInvoices({ limit: 2, ...input }));
    const first = await list({});
    const rest = await list({ after: first.next! });
    expect([...first.items, ...rest.items].map(({ orderId }) => orderId)).toEqual(orders.map(({ orderId }) => orderId));
    expect(rest.next).toBeNull();
    expect((await list({ customerId })).items).toHaveLength(2);
    expect((await list({ status: 'declined' })).items.map(({ orderId }) => orderId)).toEqual([orders[2]!.orderId]);
    const orderIds = [orders[0]!.orderId, newId(OrderId), orders[2]!.orderId];
    const found = await office.as(() => office.context.queries.listInvoicesByOrderIds({ orderIds }));
    expect(found.map(({ orderId, lines }) => [orderId, lines.length])).toEqual(
      [orders[0]!, orders[2]!].map(({ orderId, lines }) => [orderId, lines.length]),
    );
    expect(await office.as(() => office.context.queries.listInvoicesByOrderIds({ orderIds: [] }))).toEqual([]);
  });
});
