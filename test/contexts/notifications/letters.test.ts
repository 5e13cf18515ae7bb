import { describe, expect, test } from 'vitest';
import { CustomerProfileChanged } from '#events/accounts';
import { RefundIssued } from '#events/billing';
import { OrderCancelled, OrderConfirmed } from '#events/checkout';
import { ShipmentDispatched } from '#events/fulfillment';
import { InvoiceId, newId, OrderId, RefundId, ShipmentId } from '#shared-kernel/ids';
import { moneyOf } from '#shared-kernel/money';
import { confirmed, describeNotifications, mailsOf, receivedOf } from './desk.ts';

describeNotifications((openFor) => {
  describe('a customer is written to', () => {
    test('once an order is confirmed, with what it holds and what it cost', async () => {
      const desk = await openFor();
      const order = confirmed(desk.customerId);
      await desk.given(OrderConfirmed(order));
      expect(await mailsOf(desk)).toMatchObject([
        {
          customerId: desk.customerId,
          orderId: order.orderId,
          template: 'order-confirmed',
          subject: 'Your order is confirmed',
          state: 'waiting',
        },
      ]);
      await desk.performRequests();
      const [mail, ...others] = await receivedOf(desk);
      expect(others).toEqual([]);
      expect(mail).toMatchObject({
        from: 'Motors <shop@example.com>',
        to: 'ada@example.com',
        subject: 'Your order is confirmed',
      });
      expect(mail!.text).toContain('1 × Roadster <Sport & "Fun">\n  4 × Wheel\n\nTotal: $1,234.50');
      expect(mail!.html).toContain('Roadster &lt;Sport &amp; &quot;Fun&quot;&gt;');
      expect(mail!.html).not.toContain('<Sport');
    });

    test('once a parcel is dispatched, for every parcel', async () => {
      const desk = await openFor();
      const { customerId } = desk;
      const orderId = newId(OrderId);
      const parcel = (isLastOfOrder: boolean) =>
        ShipmentDispatched({ shipmentId: newId(ShipmentId), orderId, customerId, isLastOfOrder });
      await desk.given(parcel(false), parcel(true));
      await desk.performRequests();
      expect((await receivedOf(desk)).map(({ subject }) => subject).toSorted()).toEqual([
        'A part of your order is on its way',
        'Your order is on its way',
      ]);
    });

    test('once an order is cancelled, with the reason', async () => {
      const desk = await openFor();
      const { customerId } = desk;
      await desk.given(OrderCancelled({ orderId: newId(OrderId), customerId, reason: 'out of stock: ROADSTER' }));
      await desk.performRequests();
      expect(await receivedOf(desk)).toMatchObject([
        { subject: 'Your order is cancelled', text: expect.stringContaining('Reason: out of stock: ROADSTER') },
      ]);
    });

    test('once money goes back, with the amount', async () => {
      const desk = await openFor();
      const refund = { refundId: newId(RefundId), invoiceId: newId(InvoiceId), orderId: newId(OrderId) };
      await desk.given(RefundIssued({ ...refund, customerId: desk.customerId, amount: moneyOf('500', 'JPY') }));
      await desk.performRequests();
      expect(await receivedOf(desk)).toMatchObject([{ subject: 'We have refunded ¥500' }]);
    });

    test('at the address that was given last', async () => {
      const desk = await openFor();
      await desk.given(CustomerProfileChanged({ ...desk.customer, email: 'countess@example.com' }));
      await desk.given(OrderConfirmed(confirmed(desk.customerId)));
      await desk.performRequests();
      expect(await receivedOf(desk)).toMatchObject([{ to: 'countess@example.com' }]);
    });
  });
});
