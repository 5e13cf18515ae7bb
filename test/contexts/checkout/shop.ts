import { CustomerRegistered } from '#events/accounts';
import { ProductListed } from '#events/catalog';
import { createCheckout } from '#contexts/checkout';
import { checkoutInMemory } from '#contexts/checkout/in-memory';
import { checkoutOnMikroOrm } from '#contexts/checkout/mikro-orm';
import { migrations } from '#migrations/checkout';
import { CustomerId, newId, type OrderId, ProductId } from '#shared-kernel/ids';
import { moneyOf } from '#shared-kernel/money';
import { shipTo } from '../../support/address.ts';
import { describeOnEachAdapter, type TestContext } from '../../support/context.ts';

const checkout = { create: createCheckout, inMemory: checkoutInMemory, mikroOrm: checkoutOnMikroOrm, migrations };

export const listed = (price = '100.00', currency = 'USD') => ({
  productId: newId(ProductId),
  sku: 'ROADSTER',
  name: 'Roadster',
  description: 'Two seats, no roof.',
  price: moneyOf(price, currency),
  taxClass: 'standard' as const,
  isForSale: true,
});

export const registered = () => ({
  customerId: newId(CustomerId),
  name: 'Ada',
  email: 'ada@example.com',
  language: 'en',
});

/** Checkout with a product to sell, and somebody to buy it. */
export interface Shop extends TestContext<ReturnType<typeof createCheckout>> {
  readonly product: ReturnType<typeof listed>;
  readonly customer: ReturnType<typeof registered>;
}

type OpenShop = (product?: Shop['product']) => Promise<Shop>;

export const describeCheckout = (suite: (openShop: OpenShop) => void) =>
  describeOnEachAdapter('checkout', checkout, (open) =>
    suite(async (product = listed()) => {
      const shop = open();
      const customer = registered();
      await shop.given(ProductListed(product), CustomerRegistered(customer));
      return { ...shop, product, customer };
    }),
  );

export const order = ({ as, context, product, customer }: Shop, quantity = 2) =>
  as(() =>
    context.commands.placeOrder({
      customerId: customer.customerId,
      lines: [{ productId: product.productId, quantity }],
      shipTo,
      paymentToken: 'tok_approve',
    }),
  );

export const stateOf = async ({ as, context }: Shop, orderId: OrderId) => {
  const { status, reason, cancellationRequested } = await as(() => context.queries.getOrder(orderId));
  return { status, reason, cancellationRequested };
};
