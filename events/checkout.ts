import { z } from 'zod';
import { defineEvent, type EventOf, personal } from '#events/messaging';
import { PostalAddress } from '#shared-kernel/address';
import { CustomerId, OrderId, ProductId } from '#shared-kernel/ids';
import { Money, Price } from '#shared-kernel/money';
import { Sku, TaxClass } from '#shared-kernel/product';
import { Quantity } from '#shared-kernel/quantity';
import { DiscountRate } from '#shared-kernel/discount';
import { text } from '#shared-kernel/text';

const ofOrder = { key: 'orderId', correlation: 'orderId' } as const;

const OrderLine = z
  .object({
    productId: ProductId,
    sku: Sku,
    name: text(200),
    quantity: Quantity,
    unitPrice: Price,
    discount: DiscountRate,
    taxClass: TaxClass,
  })
  .readonly();

/** A customer committed to buy; stock is not reserved yet. */
export const OrderPlaced = defineEvent(
  'checkout.OrderPlaced',
  1,
  z.object({
    orderId: OrderId,
    customerId: CustomerId,
    lines: z.array(OrderLine).min(1).readonly(),
    subtotal: Money,
    tax: Money,
    freight: Money,
    /** What is to be paid: subtotal, tax and freight, rounded once to the currency's minor unit. */
    total: Money,
    shipTo: personal(PostalAddress),
    billTo: personal(PostalAddress),
    /** Opaque to us: only the payment gateway can read it. */
    paymentToken: personal(z.string().min(1).max(200)),
  }),
  ofOrder,
);
export type OrderPlaced = EventOf<typeof OrderPlaced>;

/** Somebody, or a time limit, wants the order undone; fulfillment decides whether that is still possible. */
export const OrderCancellationRequested = defineEvent(
  'checkout.OrderCancellationRequested',
  1,
  z.object({ orderId: OrderId, reason: text(200) }),
  ofOrder,
);
export type OrderCancellationRequested = EventOf<typeof OrderCancellationRequested>;

/** Stock is reserved and the payment captured: the order will be delivered. */
export const OrderConfirmed = defineEvent(
  'checkout.OrderConfirmed',
  1,
  z.object({
    orderId: OrderId,
    customerId: CustomerId,
    lines: z.array(z.object({ name: text(200), quantity: Quantity })).readonly(),
    total: Money,
  }),
  ofOrder,
);
export type OrderConfirmed = EventOf<typeof OrderConfirmed>;

/** The order will not be delivered. What was captured is refunded, what was reserved is released. */
export const OrderCancelled = defineEvent(
  'checkout.OrderCancelled',
  1,
  z.object({ orderId: OrderId, customerId: CustomerId, reason: text(200) }),
  ofOrder,
);
export type OrderCancelled = EventOf<typeof OrderCancelled>;

/** All of the order is delivered. */
export const OrderCompleted = defineEvent(
  'checkout.OrderCompleted',
  1,
  z.object({ orderId: OrderId, customerId: CustomerId }),
  ofOrder,
);
export type OrderCompleted = EventOf<typeof OrderCompleted>;

/** An order has stood still for as long as its step may take; late ones are ignored. */
export const OrderTimeLimitReached = defineEvent(
  'checkout.OrderTimeLimitReached',
  1,
  z.object({ orderId: OrderId, awaiting: z.enum(['confirmation', 'dispatch']) }),
  ofOrder,
);
export type OrderTimeLimitReached = EventOf<typeof OrderTimeLimitReached>;
