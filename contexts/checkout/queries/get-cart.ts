import { z } from 'zod';
import { CartId, CustomerId, OrderId, ProductId } from '#shared-kernel/ids';
import { isSame, Money } from '#shared-kernel/money';
import type { CartLine } from '../domain/cart.ts';
import type { Product } from '../domain/product.ts';
import type { CheckoutScope } from '../ports.ts';

/** A cart as its shopper sees it: every change of price since a product was put in is shown. */
export const CartView = z.object({
  id: CartId,
  customerId: CustomerId,
  orderId: OrderId.nullable().describe('What it became, once it was ordered.'),
  lines: z.array(
    z.object({
      productId: ProductId,
      sku: z.string().nullable(),
      name: z.string().nullable(),
      quantity: z.int(),
      priceSeen: Money,
      priceNow: Money.nullable(),
      hasPriceChanged: z.boolean(),
      isForSale: z.boolean(),
    }),
  ),
});
export type CartView = z.output<typeof CartView>;

/** @throws {CartNotFound} */
export async function getCart({ carts, products }: CheckoutScope, cartId: CartId): Promise<CartView> {
  const { id, customerId, orderId, lines } = await carts.get(cartId);
  const known = new Map(
    (await products.findAll(lines.map(({ productId }) => productId))).map((product) => [product.id, product]),
  );
  return { id, customerId, orderId, lines: lines.map((line) => viewLine(line, known.get(line.productId))) };
}

const viewLine = (
  { productId, quantity, priceSeen }: CartLine,
  product: Product | undefined,
): CartView['lines'][number] => ({
  productId,
  sku: product?.sku ?? null,
  name: product?.name ?? null,
  quantity,
  priceSeen,
  priceNow: product?.price ?? null,
  hasPriceChanged: product !== undefined && !isSame(product.price, priceSeen),
  isForSale: product?.isForSale ?? false,
});
