import { z } from 'zod';
import { PostalAddress } from '#shared-kernel/address';
import { DiscountRate } from '#shared-kernel/discount';
import { CustomerId, OrderId, ProductId } from '#shared-kernel/ids';
import { Instant } from '#shared-kernel/instant';
import { Price } from '#shared-kernel/money';
import { Sku, TaxClass } from '#shared-kernel/product';
import { Quantity } from '#shared-kernel/quantity';
import { text } from '#shared-kernel/text';
import { beginOrder } from '../domain/order.ts';
import type { CheckoutScope } from '../ports.ts';
import { assertRegistered, commitToOrder, PaymentToken } from './place-order.ts';

export const RecordOrder = z.strictObject({
  orderId: OrderId,
  customerId: CustomerId,
  placedAt: Instant,
  lines: z
    .array(
      z.strictObject({
        productId: ProductId,
        sku: Sku,
        name: text(200),
        quantity: Quantity,
        unitPrice: Price,
        discount: DiscountRate,
        taxClass: TaxClass,
      }),
    )
    .min(1)
    .max(1000),
  tax: Price,
  freight: Price,
  shipTo: PostalAddress,
  billTo: PostalAddress,
  paymentToken: PaymentToken,
});
export type RecordOrder = z.output<typeof RecordOrder>;

/**
 * Takes over an order that was placed elsewhere, at the prices and with the tax and freight it had there. It then goes the
 * way of any other. An order that is here already is left as it is.
 * @throws {CustomerUnknown} {@link CurrencyMismatch}
 */
export async function recordOrder(scope: CheckoutScope, command: RecordOrder): Promise<OrderId> {
  const { orderId, paymentToken, ...order } = command;
  if (await scope.orders.find(orderId)) return orderId;
  await assertRegistered(scope, order.customerId);
  return commitToOrder(scope, beginOrder({ id: orderId, ...order }), paymentToken);
}
