import { describe, expect, test } from 'vitest';
import { CustomerErased } from '#events/accounts';
import { PaymentCaptured, PaymentDeclined } from '#events/billing';
import { OrderTimeLimitReached } from '#events/checkout';
import {
  OrderReleased,
  OrderReleaseRefused,
  ShipmentDelivered,
  ShipmentDispatched,
  StockReservationRejected,
} from '#events/fulfillment';
import { InvoiceId, newId, OrderId, ShipmentId } from '#shared-kernel/ids';
import { moneyOf } from '#shared-kernel/money';
import { shipTo } from '../../support/address.ts';
import { describeCheckout, order, stateOf } from './shop.ts';

describeCheckout((openShop) => {
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
});
