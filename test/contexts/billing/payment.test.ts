import { describe, expect, test } from 'vitest';
import { newId, RefundId } from '#shared-kernel/ids';
import { bill, billAndPay, describeBilling, gateway, invoiceOf, invoicesOf, movedFor, stateOf } from './office.ts';
import { placed } from './story.ts';

describeBilling((open) => {
  describe('a payment', () => {
    test('is captured once, and the invoice is paid', async () => {
      const office = open();
      const order = await billAndPay(office);
      expect(await stateOf(office, order)).toEqual(['paid', '64.78', '0.00']);
      await bill(office, order);
      await office.performRequests();
      expect(await movedFor(await invoicesOf(office, order))).toEqual({ captures: 1, refunds: 0 });
    });

    test('that is captured is published', async () => {
      const office = open();
      const order = placed();
      await bill(office, order);
      await office.published();
      await office.performRequests();
      const { id: invoiceId } = await invoiceOf(office, order);
      const { orderId, total: amount } = order;
      expect(await office.published()).toEqual([['billing.PaymentCaptured', { invoiceId, orderId, amount }]]);
    });

    test('that is declined is published with its reason', async () => {
      const office = open();
      const order = placed('tok_decline');
      await bill(office, order);
      await office.published();
      await office.performRequests();
      expect(await stateOf(office, order)).toEqual(['declined', '0.00', '0.00']);
      const { id: invoiceId } = await invoiceOf(office, order);
      const declined = { invoiceId, orderId: order.orderId, reason: 'insufficient funds' };
      expect(await office.published()).toEqual([['billing.PaymentDeclined', declined]]);
    });

    test.each(['tok_timeout', 'tok_fail_once'])('that is not answered at first is captured once: %s', async (token) => {
      const office = open();
      const order = await billAndPay(office, placed(token));
      expect(await stateOf(office, order)).toEqual(['paid', '64.78', '0.00']);
      expect(await movedFor(await invoicesOf(office, order))).toEqual({ captures: 1, refunds: 0 });
    });

    test('that is never answered is declined once it is certain that it never will be captured', async () => {
      const office = open();
      const order = placed('tok_outage');
      await bill(office, order);
      await office.published();
      await office.performRequests();
      expect(await stateOf(office, order)).toEqual(['declined', '0.00', '0.00']);
      const { id: invoiceId } = await invoiceOf(office, order);
      const reason = 'the payment gateway could not be reached';
      expect(await office.published()).toEqual([
        ['billing.PaymentDeclined', { invoiceId, orderId: order.orderId, reason }],
      ]);
      const entry = (await gateway.readLedger()).find(({ key }) => key.endsWith(invoiceId));
      expect(entry).toMatchObject({ outcome: { status: 'void' } });
    });

    test('whose answers were all lost is found to be captured', async () => {
      const office = open();
      const order = await billAndPay(office, placed('tok_lost_answer'));
      expect(await stateOf(office, order)).toEqual(['paid', '64.78', '0.00']);
      expect(await movedFor(await invoicesOf(office, order))).toEqual({ captures: 1, refunds: 0 });
    });
  });

  test('an answer of the gateway that is recorded twice counts once', async () => {
    const office = open();
    const order = await billAndPay(office);
    const { id: invoiceId } = await invoiceOf(office, order);
    const record = (kind: string, payload: object, answer: object) =>
      office.as(() =>
        office.context.store.unitOfWork((scope) =>
          office.context.executors
            .find((executor) => executor.kind === kind)!
            .record(scope, { id: invoiceId, payload: { invoiceId, ...payload }, answer }),
        ),
      );
    const amount = { amount: '64.78', currency: 'USD' };
    const capture = { token: 'tok_approve', amount, reference: 'again' };
    const refund = { refundId: newId(RefundId), captureReference: 'again', amount };
    await expect(
      record('billing.capturePayment', capture, { status: 'captured', reference: 'again' }),
    ).resolves.toBeUndefined();
    await expect(record('billing.voidCapture', {}, { status: 'void' })).resolves.toBeUndefined();
    await expect(
      record('billing.refundPayment', refund, { status: 'refunded', reference: 'again' }),
    ).resolves.toBeUndefined();
    expect(await stateOf(office, order)).toEqual(['paid', '64.78', '0.00']);
    expect(await office.published()).toEqual([]);
  });
});
