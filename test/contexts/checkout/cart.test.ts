import { describe, expect, test } from 'vitest';
import { ProductRevised } from '#events/catalog';
import { moneyOf } from '#shared-kernel/money';
import { shipTo } from '../../support/address.ts';
import { describeCheckout, type Shop } from './shop.ts';

describeCheckout((openShop) => {
  describe('a cart', () => {
    const fill = async (shop: Shop) => {
      const { customerId } = shop.customer;
      const cartId = await shop.as(() => shop.context.commands.openCart({ customerId }));
      await shop.as(() => shop.context.commands.addToCart({ cartId, productId: shop.product.productId, quantity: 1 }));
      return cartId;
    };

    test('joins what is put in twice, and shows a changed price', async () => {
      const shop = await openShop();
      const cartId = await fill(shop);
      await shop.as(() => shop.context.commands.addToCart({ cartId, productId: shop.product.productId, quantity: 2 }));
      await shop.given(ProductRevised({ ...shop.product, price: moneyOf('90.00', 'USD') }));
      const { lines } = await shop.as(() => shop.context.queries.getCart(cartId));
      expect(lines).toMatchObject([{ quantity: 3, hasPriceChanged: true, priceSeen: shop.product.price }]);
    });

    test('holds no more pieces of a product than can be ordered, and stays as it was where it would', async () => {
      const shop = await openShop();
      const cartId = await fill(shop);
      const add = (quantity: number) =>
        shop.as(() => shop.context.commands.addToCart({ cartId, productId: shop.product.productId, quantity }));
      await expect(add(1_000_000)).rejects.toMatchObject({
        code: 'checkout.too-many-pieces',
        details: { productId: shop.product.productId, quantity: 1_000_001, most: 1_000_000 },
      });
      await add(999_999);
      const { lines } = await shop.as(() => shop.context.queries.getCart(cartId));
      expect(lines).toMatchObject([{ quantity: 1_000_000 }]);
      await shop.as(() => shop.context.commands.placeOrderFromCart({ cartId, shipTo, paymentToken: 't' }));
    });

    test('can be changed and emptied, and is not ordered empty', async () => {
      const shop = await openShop();
      const cartId = await fill(shop);
      const { productId } = shop.product;
      await shop.as(() => shop.context.commands.changeCartLine({ cartId, productId, quantity: 7 }));
      expect((await shop.as(() => shop.context.queries.getCart(cartId))).lines).toMatchObject([{ quantity: 7 }]);
      await shop.as(() => shop.context.commands.removeFromCart({ cartId, productId }));
      const empty = shop.as(() => shop.context.commands.placeOrderFromCart({ cartId, shipTo, paymentToken: 't' }));
      await expect(empty).rejects.toMatchObject({ code: 'checkout.cart-empty' });
    });

    test('becomes one order', async () => {
      const shop = await openShop();
      const cartId = await fill(shop);
      const buy = () => shop.as(() => shop.context.commands.placeOrderFromCart({ cartId, shipTo, paymentToken: 't' }));
      const orderId = await buy();
      await expect(buy()).rejects.toMatchObject({
        code: 'checkout.cart-already-ordered',
        details: { cartId, orderId },
      });
    });
  });
});
