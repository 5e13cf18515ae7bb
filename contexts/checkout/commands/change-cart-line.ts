import { z } from 'zod';
import { CartId, ProductId } from '#shared-kernel/ids';
import { Quantity } from '#shared-kernel/quantity';
import { changeQuantity } from '../domain/cart.ts';
import type { CheckoutScope } from '../ports.ts';

export const ChangeCartLine = z.strictObject({ cartId: CartId, productId: ProductId, quantity: Quantity });
export type ChangeCartLine = z.output<typeof ChangeCartLine>;

/** @throws {CartNotFound} {@link ProductNotInCart} {@link CartAlreadyOrdered} */
export async function changeCartLine(
  { carts }: CheckoutScope,
  { cartId, productId, quantity }: ChangeCartLine,
): Promise<void> {
  await carts.save(changeQuantity(await carts.get(cartId), productId, quantity));
}
