import { describe, expect, test } from 'vitest';
import { InvoiceId, newId } from '#shared-kernel/ids';
import { typesPublished } from '../../support/context.ts';
import { bill, billAndPay, describeBilling, invoiceOf, movedFor, type Office } from './office.ts';
import { cancelled, placed } from './story.ts';

describeBilling((open) => {
  describe('an operator', () => {
    const refund = ({ as, context }: Office, invoiceId: InvoiceId, reason = 'scratched') =>
      as(() => context.commands.refundInvoice({ invoiceId, reason }));

    test('can give all the money for an invoice back, once', async () => {
      const office = open();
      const order = await billAndPay(office);
      const { id } = await invoiceOf(office, order);
      await refund(office, id);
      await refund(office, id, 'scratched, I said');
      await office.performRequests();
      await office.given(cancelled(order));
      await office.performRequests();
      expect(await invoiceOf(office, order)).toMatchObject({ status: 'refunded', reason: 'scratched' });
      expect(await typesPublished(office)).toEqual(['billing.RefundIssued']);
      expect(await movedFor([{ id }])).toEqual({ captures: 1, refunds: 1 });
    });

    test.each(['tok_approve', 'tok_decline'])('cannot give back what was not captured: %s', async (token) => {
      const office = open();
      const order = placed(token);
      await bill(office, order);
      if (token === 'tok_decline') await office.performRequests();
      const { id } = await invoiceOf(office, order);
      await expect(refund(office, id)).rejects.toMatchObject({ code: 'billing.invoice-not-refundable' });
    });

    test('cannot refund an invoice that does not exist', async () => {
      await expect(refund(open(), newId(InvoiceId))).rejects.toMatchObject({ code: 'billing.invoice-not-found' });
    });
  });
});
