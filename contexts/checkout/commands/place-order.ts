import { z } from 'zod';
import { OrderPlaced, OrderTimeLimitReached } from '#events/checkout';
import { PostalAddress } from '#shared-kernel/address';
import { NO_DISCOUNT } from '#shared-kernel/discount';
import { CustomerId, newId, OrderId, ProductId } from '#shared-kernel/ids';
import { zero } from '#shared-kernel/money';
import { Quantity } from '#shared-kernel/quantity';
import { text } from '#shared-kernel/text';
import { CustomerUnknown, MixedCurrencies, ProductNotForSale } from '../domain/errors.ts';
import { beginOrder, type Order } from '../domain/order.ts';
import type { OrderLine } from '../domain/order-line.ts';
import { taxOf } from '../domain/pricing.ts';
import type { Product } from '../domain/product.ts';
import { CONFIRMATION_LIMIT } from '../domain/time-limits.ts';
import type { CheckoutScope } from '../ports.ts';

export const PaymentToken = text(200).describe('Opaque to us: only the payment gateway can read it.');

export const PlaceOrder = z.strictObject({
  customerId: CustomerId,
  lines: z
    .array(z.strictObject({ productId: ProductId, quantity: Quantity }))
    .min(1)
    .max(100),
  shipTo: PostalAddress,
  billTo: PostalAddress.optional().describe('Where the invoice goes; left out: where the parcel goes.'),
  paymentToken: PaymentToken,
});
export type PlaceOrder = z.output<typeof PlaceOrder>;

/**
 * Commits a customer to buy, at the prices of this moment.
 * @throws {CustomerUnknown} {@link ProductNotForSale} {@link MixedCurrencies}
 */
export async function placeOrder(scope: CheckoutScope, command: PlaceOrder): Promise<OrderId> {
  const { customerId, shipTo, billTo = shipTo } = command;
  const [, found] = await Promise.all([
    assertRegistered(scope, customerId),
    scope.products.findAll(command.lines.map(({ productId }) => productId)),
  ]);
  const lines = priceLines(command.lines, found);
  const placedAt = scope.clock.now();
  const freight = zero(lines[0]!.unitPrice.currency);
  const order = beginOrder({
    id: newId(OrderId),
    customerId,
    lines,
    tax: taxOf(lines),
    freight,
    shipTo,
    billTo,
    placedAt,
  });
  return commitToOrder(scope, order, command.paymentToken);
}

/** Saves a new order, publishes it, and starts the time within which it must be confirmed. */
export async function commitToOrder(
  { orders, publish, schedule }: CheckoutScope,
  order: Order,
  paymentToken: string,
): Promise<OrderId> {
  await orders.save(order);
  const { id: orderId, customerId, lines, subtotal, tax, freight, total, shipTo, billTo } = order;
  publish(OrderPlaced({ orderId, customerId, lines, subtotal, tax, freight, total, shipTo, billTo, paymentToken }));
  const limit = OrderTimeLimitReached({ orderId, awaiting: 'confirmation' });
  schedule.after(CONFIRMATION_LIMIT, `order ${orderId}`, limit);
  return orderId;
}

export async function assertRegistered({ customers }: CheckoutScope, customerId: CustomerId): Promise<void> {
  if (!(await customers.find(customerId))) throw new CustomerUnknown(customerId);
}

function priceLines(wanted: PlaceOrder['lines'], found: readonly Product[]): OrderLine[] {
  const forSale = new Map(found.filter(({ isForSale }) => isForSale).map((product) => [product.id, product]));
  const lines = wanted.map(({ productId, quantity }) => {
    const product = forSale.get(productId);
    if (!product) throw new ProductNotForSale(productId);
    const { sku, name, price, taxClass } = product;
    return { productId, sku, name, quantity, unitPrice: price, discount: NO_DISCOUNT, taxClass };
  });
  assertOneCurrency(lines);
  return lines;
}

function assertOneCurrency(lines: readonly OrderLine[]): void {
  const currencies = [...new Set(lines.map(({ unitPrice }) => unitPrice.currency))];
  if (currencies.length > 1) throw new MixedCurrencies(currencies);
}
