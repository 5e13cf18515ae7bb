import { describe, expect, test } from 'vitest';
import { CustomerErased, CustomerRegistered } from '#events/accounts';
import { PaymentCaptured, PaymentDeclined } from '#events/billing';
import { OrderTimeLimitReached } from '#events/checkout';
import { ProductDiscontinued, ProductListed, ProductRevised } from '#events/catalog';
import {
  OrderReleased,
  OrderReleaseRefused,
  ShipmentDelivered,
  ShipmentDispatched,
  StockReservationRejected,
} from '#events/fulfillment';
import { createCheckout } from '#contexts/checkout';
import { checkoutInMemory } from '#contexts/checkout/in-memory';
import { checkoutOnMikroOrm } from '#contexts/checkout/mikro-orm';
import { migrations } from '#migrations/checkout';
import { CustomerId, InvoiceId, newId, OrderId, ProductId, ShipmentId } from '#shared-kernel/ids';
import { formatAmount, moneyOf } from '#shared-kernel/money';
import { describeOnEachAdapter, type TestContext } from '../support/context.ts';

const checkout = { create: createCheckout, inMemory: checkoutInMemory, mikroOrm: checkoutOnMikroOrm, migrations };

const shipTo = {
  recipient: 'Ada Lovelace',
  street: '12 St James Square',
  city: 'London',
  postalCode: 'SW1Y 4JH',
  country: 'GB',
};

const listed = (price = '100.00', currency = 'USD') => ({
  productId: newId(ProductId),
  sku: 'ROADSTER',
  name: 'Roadster',
  description: 'Two seats, no roof.',
  price: moneyOf(price, currency),
  taxClass: 'standard' as const,
  isForSale: true,
});

const registered = () => ({ customerId: newId(CustomerId), name: 'Ada', email: 'ada@example.com', language: 'en' });

describeOnEachAdapter('checkout', checkout, (open) => {
  type Shop = TestContext<ReturnType<typeof createCheckout>>;

  async function openShop(
    product = listed(),
  ): Promise<Shop & { product: typeof product; customer: ReturnType<typeof registered> }> {
    const shop = open();
    const customer = registered();
    await shop.given(ProductListed(product), CustomerRegistered(customer));
    return { ...shop, product, customer };
  }

  const order = ({ as, context, product, customer }: Awaited<ReturnType<typeof openShop>>, quantity = 2) =>
    as(() =>
      context.commands.placeOrder({
        customerId: customer.customerId,
        lines: [{ productId: product.productId, quantity }],
        shipTo,
        paymentToken: 'tok_approve',
      }),
    );

  const stateOf = async ({ as, context }: Shop, orderId: OrderId) => {
    const { status, reason, cancellationRequested } = await as(() => context.queries.getOrder(orderId));
    return { status, reason, cancellationRequested };
  };

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

  describe('an order', () => {
    test('is confirmed once its payment is captured, and completed once its last parcel arrived', async () => {
      const shop = await openShop();
      const orderId = await order(shop);
      await shop.published();
      await shop.given(PaymentCaptured({ invoiceId: newId(InvoiceId), orderId, amount: moneyOf('216', 'USD') }));
      expect(await stateOf(shop, orderId)).toMatchObject({ status: 'confirmed' });
      const parcel = { shipmentId: newId(ShipmentId), orderId, customerId: shop.customer.customerId };
      await shop.given(ShipmentDispatched({ ...parcel, isLastOfOrder: false }));
      expect(await stateOf(shop, orderId)).toMatchObject({ status: 'confirmed' });
      await shop.given(ShipmentDispatched({ ...parcel, isLastOfOrder: true }));
      expect(await stateOf(shop, orderId)).toMatchObject({ status: 'shipped' });
      await shop.given(ShipmentDelivered({ ...parcel, isLastOfOrder: true, isPresumed: false }));
      expect(await stateOf(shop, orderId)).toMatchObject({ status: 'completed' });
      expect((await shop.published()).map(([type]) => type)).toEqual([
        'checkout.OrderConfirmed',
        'checkout.OrderCompleted',
      ]);
    });

    test('is cancelled, naming what is missing, when stock is short', async () => {
      const shop = await openShop();
      const orderId = await order(shop);
      const shortages = [{ productId: shop.product.productId, requested: 2, available: 1 }];
      await shop.given(StockReservationRejected({ orderId, shortages }));
      expect(await stateOf(shop, orderId)).toMatchObject({
        status: 'cancelled',
        reason: 'out of stock: ROADSTER (2 ordered, 1 available)',
      });
    });

    test('is cancelled when its payment is declined', async () => {
      const shop = await openShop();
      const orderId = await order(shop);
      await shop.given(PaymentDeclined({ invoiceId: newId(InvoiceId), orderId, reason: 'insufficient funds' }));
      expect(await stateOf(shop, orderId)).toMatchObject({
        status: 'cancelled',
        reason: 'payment declined: insufficient funds',
      });
      expect((await shop.published()).map(([type]) => type)).toEqual([
        'checkout.OrderPlaced',
        'checkout.OrderCancelled',
      ]);
    });

    test('whose cancellation is asked for waits until fulfillment has released it', async () => {
      const shop = await openShop();
      const orderId = await order(shop);
      const cancel = () => shop.as(() => shop.context.commands.cancelOrder({ orderId, reason: 'too dear' }));
      await cancel();
      await cancel();
      expect(await stateOf(shop, orderId)).toEqual({
        status: 'placed',
        reason: 'too dear',
        cancellationRequested: true,
      });
      await shop.given(PaymentCaptured({ invoiceId: newId(InvoiceId), orderId, amount: moneyOf('216', 'USD') }));
      expect(await stateOf(shop, orderId)).toMatchObject({ status: 'placed' });
      await shop.given(OrderReleased({ orderId }));
      expect(await stateOf(shop, orderId)).toEqual({
        status: 'cancelled',
        reason: 'too dear',
        cancellationRequested: false,
      });
      expect((await shop.published()).map(([type]) => type)).toEqual([
        'checkout.OrderPlaced',
        'checkout.OrderCancellationRequested',
        'checkout.OrderCancelled',
      ]);
    });

    test('that is on its way already goes on when its cancellation is refused', async () => {
      const shop = await openShop();
      const orderId = await order(shop);
      await shop.given(PaymentCaptured({ invoiceId: newId(InvoiceId), orderId, amount: moneyOf('216', 'USD') }));
      await shop.as(() => shop.context.commands.cancelOrder({ orderId, reason: 'too late?' }));
      await shop.given(OrderReleaseRefused({ orderId }));
      expect(await stateOf(shop, orderId)).toEqual({ status: 'confirmed', reason: null, cancellationRequested: false });
    });

    test('that stands still at its time limit is asked to be cancelled, once', async () => {
      const shop = await openShop();
      const orderId = await order(shop);
      await shop.published();
      await shop.given(OrderTimeLimitReached({ orderId, awaiting: 'dispatch' }));
      expect(await stateOf(shop, orderId)).toMatchObject({ status: 'placed', cancellationRequested: false });
      await shop.given(OrderTimeLimitReached({ orderId, awaiting: 'confirmation' }));
      const reason = 'no confirmation within the time limit';
      expect(await stateOf(shop, orderId)).toEqual({ status: 'placed', reason, cancellationRequested: true });
      expect((await shop.published()).map(([type]) => type)).toEqual(['checkout.OrderCancellationRequested']);
    });

    test('ignores a time limit that comes late', async () => {
      const shop = await openShop();
      const orderId = await order(shop);
      const parcel = { shipmentId: newId(ShipmentId), orderId, customerId: shop.customer.customerId };
      await shop.given(PaymentCaptured({ invoiceId: newId(InvoiceId), orderId, amount: moneyOf('216', 'USD') }));
      await shop.given(OrderTimeLimitReached({ orderId, awaiting: 'confirmation' }));
      expect(await stateOf(shop, orderId)).toMatchObject({ status: 'confirmed', cancellationRequested: false });
      await shop.given(ShipmentDispatched({ ...parcel, isLastOfOrder: true }));
      await shop.given(OrderTimeLimitReached({ orderId, awaiting: 'dispatch' }));
      expect(await stateOf(shop, orderId)).toMatchObject({ status: 'shipped', cancellationRequested: false });
    });

    test('that is over stays as it is, whatever is heard late', async () => {
      const shop = await openShop();
      const orderId = await order(shop);
      await shop.given(PaymentDeclined({ invoiceId: newId(InvoiceId), orderId, reason: 'no' }));
      const over = await stateOf(shop, orderId);
      await shop.published();
      await shop.given(PaymentCaptured({ invoiceId: newId(InvoiceId), orderId, amount: moneyOf('216', 'USD') }));
      await shop.given(OrderReleased({ orderId }), OrderTimeLimitReached({ orderId, awaiting: 'confirmation' }));
      expect(await stateOf(shop, orderId)).toEqual(over);
      expect(await shop.published()).toEqual([]);
    });

    test('that is over cannot be cancelled', async () => {
      const shop = await openShop();
      const orderId = await order(shop);
      await shop.given(PaymentDeclined({ invoiceId: newId(InvoiceId), orderId, reason: 'no' }));
      const cancel = shop.as(() => shop.context.commands.cancelOrder({ orderId, reason: 'again' }));
      await expect(cancel).rejects.toMatchObject({ code: 'checkout.order-not-cancellable' });
    });

    test('that nobody knows is not found', async () => {
      const shop = await openShop();
      const orderId = newId(OrderId);
      await expect(shop.as(() => shop.context.queries.getOrder(orderId))).rejects.toMatchObject({
        code: 'checkout.order-not-found',
      });
    });

    test('that is open when its customer is erased forgets them when it ends', async () => {
      const shop = await openShop();
      const orderId = await order(shop);
      await shop.given(CustomerErased({ customerId: shop.customer.customerId }));
      expect((await shop.as(() => shop.context.queries.getOrder(orderId))).shipTo).toEqual(shipTo);
      await shop.given(PaymentDeclined({ invoiceId: newId(InvoiceId), orderId, reason: 'no' }));
      const view = await shop.as(() => shop.context.queries.getOrder(orderId));
      expect(JSON.stringify([view.shipTo, view.billTo])).not.toContain('Ada');
    });

    test('forgets its customer once it is over and they are erased', async () => {
      const shop = await openShop();
      const orderId = await order(shop);
      await shop.given(PaymentDeclined({ invoiceId: newId(InvoiceId), orderId, reason: 'no' }));
      await shop.given(CustomerErased({ customerId: shop.customer.customerId }));
      const view = await shop.as(() => shop.context.queries.getOrder(orderId));
      expect(JSON.stringify([view.shipTo, view.billTo])).not.toContain('Ada');
      await expect(order(shop)).rejects.toMatchObject({ code: 'checkout.customer-unknown' });
    });
  });

  describe('an order placed elsewhere', () => {
    const record = (shop: Awaited<ReturnType<typeof openShop>>, orderId: OrderId) =>
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

  describe('a cart', () => {
    const fill = async (shop: Awaited<ReturnType<typeof openShop>>) => {
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

  test('orders are listed page by page', async () => {
    const shop = await openShop();
    const placed = [await order(shop), await order(shop), await order(shop)];
    const first = await shop.as(() => shop.context.queries.listOrders({ limit: 2 }));
    const rest = await shop.as(() => shop.context.queries.listOrders({ limit: 2, after: first.next! }));
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(placed);
    expect(rest.next).toBeNull();
    const cancelled = await shop.as(() => shop.context.queries.listOrders({ limit: 2, status: 'cancelled' }));
    expect(cancelled.items).toEqual([]);
  });

  test('orders are listed by their ids, those that nobody knows left out', async () => {
    const shop = await openShop();
    const [first, , last] = [await order(shop), await order(shop), await order(shop)];
    const ids = [last, newId(OrderId), first, last];
    const found = await shop.as(() => shop.context.queries.listOrdersByIds({ ids }));
    expect(found.map(({ id, lines }) => `${id} ${lines.length}`).toSorted()).toEqual([`${first} 1`, `${last} 1`]);
    expect(await shop.as(() => shop.context.queries.listOrdersByIds({ ids: [] }))).toEqual([]);
  });
});
