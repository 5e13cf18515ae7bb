import { describe, expect, test } from 'vitest';
import { ProductDiscontinued, ProductListed, ProductRevised } from '#events/catalog';
import { formatAmount, moneyOf } from '#shared-kernel/money';
import { shipTo } from '../../support/address.ts';
import { describeCheckout, listed, order, registered } from './shop.ts';

describeCheckout((openShop) => {
  describe('placing an order', () => {
    test('fixes the price of this moment and publishes it', async () => {
      const shop = await openShop(listed('19.9950'));
      const orderId = await order(shop, 3);
      await shop.given(ProductRevised({ ...shop.product, price: moneyOf('25.00', 'USD') }));
      const view = await shop.as(() => shop.context.queries.getOrder(orderId));
      expect([view.subtotal, view.tax, view.total].map(formatAmount)).toEqual(['59.985', '4.7988', '64.78']);
      const [[type, data] = []] = await shop.published();
      expect(type).toBe('checkout.OrderPlaced');
      expect(data).toMatchObject({ orderId, subtotal: view.subtotal, total: view.total, paymentToken: 'tok_approve' });
    });

    test('of a product nobody listed is refused', async () => {
      const shop = await openShop();
      const unknown = { ...shop, product: listed() };
      await expect(order(unknown)).rejects.toMatchObject({ code: 'checkout.product-not-for-sale' });
      expect(await shop.published()).toEqual([]);
    });

    test('of a discontinued product, or of a mere part, is refused', async () => {
      const shop = await openShop({ ...listed(), isForSale: false });
      await expect(order(shop)).rejects.toMatchObject({ code: 'checkout.product-not-for-sale' });
      const product = listed();
      await shop.given(ProductListed(product), ProductDiscontinued({ productId: product.productId }));
      await expect(order({ ...shop, product })).rejects.toMatchObject({ code: 'checkout.product-not-for-sale' });
    });

    test('by somebody who is not registered is refused', async () => {
      const shop = await openShop();
      await expect(order({ ...shop, customer: registered() })).rejects.toMatchObject({
        code: 'checkout.customer-unknown',
      });
    });

    test('in two currencies is refused', async () => {
      const shop = await openShop();
      const yen = listed('100', 'JPY');
      await shop.given(ProductListed(yen));
      const lines = [shop.product, yen].map(({ productId }) => ({ productId, quantity: 1 }));
      const mixed = shop.as(() =>
        shop.context.commands.placeOrder({ customerId: shop.customer.customerId, lines, shipTo, paymentToken: 't' }),
      );
      await expect(mixed).rejects.toMatchObject({ code: 'checkout.mixed-currencies' });
    });

    test('over more money than can be kept is refused', async () => {
      const shop = await openShop(listed('99999999999.00'));
      await expect(order(shop, 1_000_000)).rejects.toMatchObject({ code: 'kernel.amount-out-of-range' });
      expect(await shop.published()).toEqual([]);
    });
  });
});
