import { describe, expect, test } from 'vitest';
import { CustomerErased, CustomerRegistered } from '#events/accounts';
import { CustomerId, newId } from '#shared-kernel/ids';
import { shipTo as billTo } from '../../support/address.ts';
import { bill, billAndPay, describeBilling, invoiceOf } from './office.ts';
import { placed } from './story.ts';

describeBilling((open) => {
  describe('a customer', () => {
    const registered = () => ({ customerId: newId(CustomerId), name: 'Ada', email: 'ada@example.com', language: 'en' });

    test('who gave a tax id finds it on the next invoice', async () => {
      const office = open();
      const customer = registered();
      const { customerId } = customer;
      await office.given(CustomerRegistered(customer));
      const { changeBillingDetails } = office.context.commands;
      await office.as(() => changeBillingDetails({ customerId, taxId: 'GB123456789' }));
      await office.as(() => changeBillingDetails({ customerId, billingAddress: billTo }));
      const details = await office.as(() => office.context.queries.getBillingDetails(customerId));
      expect(details).toEqual({ customerId, billingAddress: billTo, taxId: 'GB123456789' });
      const order = placed('tok_approve', { customerId });
      await bill(office, order);
      expect(await invoiceOf(office, order)).toMatchObject({ taxId: 'GB123456789' });
    });

    test('can take a tax id back', async () => {
      const office = open();
      const customer = registered();
      const { customerId } = customer;
      await office.given(CustomerRegistered(customer));
      await office.as(() => office.context.commands.changeBillingDetails({ customerId, taxId: 'GB1' }));
      await office.as(() => office.context.commands.changeBillingDetails({ customerId, taxId: null }));
      expect(await office.as(() => office.context.queries.getBillingDetails(customerId))).toMatchObject({
        taxId: null,
      });
    });

    test('who is erased keeps the invoices the law wants, and no billing details', async () => {
      const office = open();
      const customer = registered();
      const { customerId } = customer;
      await office.given(CustomerRegistered(customer));
      await office.as(() => office.context.commands.changeBillingDetails({ customerId, taxId: 'GB1' }));
      const order = await billAndPay(office, placed('tok_approve', { customerId }));
      await office.given(CustomerErased({ customerId }), CustomerRegistered(customer));
      expect(await invoiceOf(office, order)).toMatchObject({ billTo, taxId: 'GB1' });
      const change = office.as(() => office.context.commands.changeBillingDetails({ customerId, taxId: 'GB2' }));
      await expect(change).rejects.toMatchObject({ code: 'billing.customer-unknown', judgedOnCopy: true });
    });

    test('nobody registered has no billing details', async () => {
      const office = open();
      const customerId = newId(CustomerId);
      const change = office.as(() => office.context.commands.changeBillingDetails({ customerId, taxId: 'GB2' }));
      await expect(change).rejects.toMatchObject({ code: 'billing.customer-unknown' });
    });
  });
});
