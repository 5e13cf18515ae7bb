import { describe, expect, test } from 'vitest';
import { newId, OrderId } from '#shared-kernel/ids';
import { formatAmount, moneyOf } from '#shared-kernel/money';
import { shipTo } from '../../support/address.ts';
import { describeCheckout, type Shop } from './shop.ts';

describeCheckout((openShop) => {
  describe('an order placed elsewhere', () => {
    const record = (shop: Shop, orderId: OrderId) =>
      shop.as(() =>
        shop.context.commands.recordOrder({
          orderId,
          customerId: shop.customer.customerId,
          placedAt: new Date('2011-05-31'),
          lines: [
            {
              productId: shop.product.productId,
              sku: 'OLD',
              name: 'Old',
              quantity: 3,
              unitPrice: moneyOf('2024.994', 'USD'),
              discount: '0.02',
              taxClass: 'standard',
            },
          ],
          tax: moneyOf('1971.5149', 'USD'),
          freight: moneyOf('616.0984', 'USD'),
          shipTo,
          billTo: shipTo,
          paymentToken: 'tok_approve',
        }),
      );

    test('keeps its date, its prices, its tax and its freight, and is rounded once', async () => {
      const shop = await openShop();
      const orderId = newId(OrderId);
      await record(shop, orderId);
      const view = await shop.as(() => shop.context.queries.getOrder(orderId));
      expect(view.placedAt).toEqual(new Date('2011-05-31'));
      expect([view.subtotal, view.total].map(formatAmount)).toEqual(['5953.4824', '8541.10']);
      expect(view.lines[0]).toMatchObject({ discount: '0.02', sku: 'OLD' });
    });

    test('is recorded once', async () => {
      const shop = await openShop();
      const orderId = newId(OrderId);
      await record(shop, orderId);
      await record(shop, orderId);
      expect(await shop.published()).toHaveLength(1);
    });
  });
});
