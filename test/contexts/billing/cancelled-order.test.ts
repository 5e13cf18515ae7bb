import { describe, expect, test } from 'vitest';
import { typesPublished } from '../../support/context.ts';
import { bill, billAndPay, describeBilling, invoiceOf, invoicesOf, movedFor, stateOf } from './office.ts';
import { cancelled, placed } from './story.ts';

describeBilling((open) => {
  describe('the invoice of a cancelled order', () => {
    test('that was paid is refunded, once', async () => {
      const office = open();
      const order = await billAndPay(office);
      await office.given(cancelled(order));
      expect(await stateOf(office, order)).toEqual(['paid', '64.78', '0.00']);
      await office.performRequests();
      await office.given(cancelled(order));
      await office.performRequests();
      const { id: invoiceId, reason } = await invoiceOf(office, order);
      expect([reason, ...(await stateOf(office, order))]).toEqual(['too dear', 'refunded', '64.78', '64.78']);
      const { orderId, customerId, total: amount } = order;
      expect(await office.published()).toMatchObject([
        ['billing.RefundIssued', { invoiceId, orderId, customerId, amount }],
      ]);
      expect(await movedFor(await invoicesOf(office, order))).toEqual({ captures: 1, refunds: 1 });
    });

    test('whose payment is under way is refunded as soon as it is captured', async () => {
      const office = open();
      const order = placed();
      await bill(office, order);
      await office.given(cancelled(order));
      expect(await invoiceOf(office, order)).toMatchObject({ status: 'issued', refundRequested: true });
      await office.performRequests();
      expect(await stateOf(office, order)).toEqual(['refunded', '64.78', '64.78']);
      expect(await typesPublished(office)).toEqual([
        'billing.InvoiceIssued',
        'billing.PaymentCaptured',
        'billing.RefundIssued',
      ]);
    });

    test.each(['tok_decline', 'tok_outage'])('is void when nothing is captured after all: %s', async (token) => {
      const office = open();
      const order = placed(token);
      await bill(office, order);
      await office.given(cancelled(order));
      await office.performRequests();
      expect(await stateOf(office, order)).toEqual(['void', '0.00', '0.00']);
    });

    test('that was declined is void', async () => {
      const office = open();
      const order = await billAndPay(office, placed('tok_decline'));
      await office.given(cancelled(order, 'payment declined: insufficient funds'));
      expect(await stateOf(office, order)).toEqual(['void', '0.00', '0.00']);
      expect(await office.published()).toEqual([]);
    });
  });

  test('a cancellation that races with its capture always ends with nothing kept', async () => {
    const office = open();
    const orders = Array.from({ length: 25 }, () => placed());
    for (const order of orders) await bill(office, order);
    await Promise.all([office.performRequests(), office.given(...orders.map((order) => cancelled(order)))]);
    await office.performRequests();
    for (const order of orders) {
      expect(await stateOf(office, order)).toEqual(['refunded', '64.78', '64.78']);
      expect(await movedFor(await invoicesOf(office, order))).toEqual({ captures: 1, refunds: 1 });
    }
  });
});
