import { describe, expect, test } from 'vitest';
import { OrderPlaced } from '#events/checkout';
import { StockReserved } from '#events/fulfillment';
import { formatAmount } from '#shared-kernel/money';
import { describeBilling, invoicesOf, movedFor } from './office.ts';
import { cancelled, PERMUTATIONS, placed } from './story.ts';

describeBilling((open) => {
  describe('what is captured less what is refunded', () => {
    const tokens = ['tok_approve', 'tok_decline', 'tok_timeout', 'tok_fail_once', 'tok_outage', 'tok_lost_answer'];
    test.each(tokens)('is what the invoice says, whatever comes when: %s', async (token) => {
      const office = open();
      for (const pauses of [0, 1, 2, 3, 4, 5, 6, 7]) {
        const orders = PERMUTATIONS.map((sequence) => {
          const order = placed(token);
          const facts = [OrderPlaced(order), StockReserved({ orderId: order.orderId }), cancelled(order)];
          return { order, facts: sequence.map((at) => facts[at]!) };
        });
        for (const step of [0, 1, 2]) {
          await office.givenAtOnce(...orders.map(({ facts }) => facts[step]!));
          if (pauses & (1 << step)) await office.performRequests();
        }
        await office.performRequests();
        for (const { order } of orders) {
          const invoices = await invoicesOf(office, order);
          const { captures, refunds } = await movedFor(invoices);
          expect(captures).toBe(refunds);
          expect(invoices.map(({ captured, refunded }) => [captured, refunded].map(formatAmount))).toEqual(
            invoices.map(() => (captures === 1 ? ['64.78', '64.78'] : ['0.00', '0.00'])),
          );
        }
      }
    });
  });
});
