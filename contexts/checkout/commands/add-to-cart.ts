import { z } from 'zod';
import { CartId, ProductId } from '#shared-kernel/ids';
import { Quantity } from '#shared-kernel/quantity';
import { addLine } from '../domain/cart.ts';
import { ProductNotForSale } from '../domain/errors.ts';
import type { CheckoutScope } from '../ports.ts';

export const AddToCart = z.strictObject({ cartId: CartId, productId: ProductId, quantity: Quantity });
export type AddToCart = z.output<typeof AddToCart>;

/** @throws {CartNotFound} {@link ProductNotForSale} {@link CartAlreadyOrdered} {@link TooManyLines} {@link TooManyPieces} */
export async function addToCart({ carts, products }: CheckoutScope, command: AddToCart): Promise<void> {
  const { cartId, productId, quantity } = command;
  const cart = await carts.get(cartId);
  const [product] = await products.findAll([productId]);
  if (!product?.isForSale) throw new ProductNotForSale(productId);
  await carts.save(addLine(cart, { productId, quantity, priceSeen: product.price }));
}
