import { describe, expect, test } from 'vitest';
import { OrderPlaced } from '#events/checkout';
import { StockReserved } from '#events/fulfillment';
import { formatAmount, sumOf } from '#shared-kernel/money';
import { shipTo as billTo } from '../../support/address.ts';
import { typesPublished } from '../../support/context.ts';
import { bill, describeBilling, invoiceOf, invoicesOf, stateOf } from './office.ts';
import { cancelled, dollars, line, PERMUTATIONS, placed } from './story.ts';

describeBilling((open) => {
  describe('an order', () => {
    test.each(['placed first', 'reserved first'])('is billed once its stock is reserved: %s', async (first) => {
      const office = open();
      const order = placed();
      const facts = [OrderPlaced(order), StockReserved({ orderId: order.orderId })];
      const [early, late] = first === 'placed first' ? facts : facts.toReversed();
      await office.given(early!);
      expect(await invoicesOf(office, order)).toEqual([]);
      await office.given(late!);
      expect(await stateOf(office, order)).toEqual(['issued', '0.00', '0.00']);
      const { id: invoiceId, orderId, customerId, total } = await invoiceOf(office, order);
      expect(await office.published()).toEqual([['billing.InvoiceIssued', { invoiceId, orderId, customerId, total }]]);
      expect(formatAmount(total)).toBe('64.78');
    });

    test('is billed to the address it names, at its own amounts, under a readable number', async () => {
      const office = open();
      const order = placed();
      await bill(office, order);
      const invoice = await invoiceOf(office, order);
      expect(invoice).toMatchObject({ billTo, taxId: null, issuedAt: office.clock.now() });
      expect(invoice.number).toMatch(/^INV-20260101-[0-9A-Z]{10}$/);
      expect(invoice.lines).toEqual([
        {
          lineNumber: 1,
          sku: 'ROADSTER',
          name: 'Roadster',
          taxClass: 'standard',
          quantity: 3,
          unitPrice: dollars('19.9950'),
          discount: '0',
          tax: dollars('4.7988'),
        },
      ]);
      expect([invoice.subtotal, invoice.tax, invoice.freight].map(formatAmount)).toEqual(['59.985', '4.7988', '0.00']);
    });

    test('has its tax shared out to its taxed lines by their amounts, exactly', async () => {
      const office = open();
      const lines = [
        line('10', { discount: '0.25' }),
        line('7.50'),
        line('0.0001', { quantity: 75_000 }),
        line('99', { taxClass: 'exempt' }),
      ];
      const order = placed('tok_approve', { lines, tax: dollars('1') });
      await bill(office, order);
      const { lines: billed } = await invoiceOf(office, order);
      expect(billed.map(({ tax }) => formatAmount(tax))).toEqual(['0.3334', '0.3333', '0.3333', '0.00']);
      expect(
        sumOf(
          billed.map(({ tax }) => tax),
          order.total.currency,
        ),
      ).toEqual(order.tax);
      expect(billed[0]!.discount).toBe('0.25');
    });

    test.each(PERMUTATIONS.filter(([, , last]) => last !== 2))(
      'that is cancelled before it could be billed is never billed (%i %i %i)',
      async (...sequence) => {
        const office = open();
        const order = placed();
        const facts = [OrderPlaced(order), StockReserved({ orderId: order.orderId }), cancelled(order)];
        await office.given(...sequence.map((at) => facts[at]!));
        expect(await invoicesOf(office, order)).toEqual([]);
        expect(await office.published()).toEqual([]);
      },
    );

    test('over nothing is paid without asking anybody for money, and void once it is cancelled', async () => {
      const office = open();
      const order = placed('tok_decline', { total: dollars('0') });
      await bill(office, order);
      expect(await stateOf(office, order)).toEqual(['paid', '0.00', '0.00']);
      await office.given(cancelled(order));
      await office.performRequests();
      expect(await stateOf(office, order)).toEqual(['void', '0.00', '0.00']);
      expect(await typesPublished(office)).toEqual(['billing.InvoiceIssued', 'billing.PaymentCaptured']);
    });
  });
});
