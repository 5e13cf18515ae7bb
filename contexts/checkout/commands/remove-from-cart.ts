import { z } from 'zod';
import { CartId, ProductId } from '#shared-kernel/ids';
import { removeLine } from '../domain/cart.ts';
import type { CheckoutScope } from '../ports.ts';

export const RemoveFromCart = z.strictObject({ cartId: CartId, productId: ProductId });
export type RemoveFromCart = z.output<typeof RemoveFromCart>;

/** @throws {CartNotFound} {@link ProductNotInCart} {@link CartAlreadyOrdered} */
export async function removeFromCart({ carts }: CheckoutScope, { cartId, productId }: RemoveFromCart): Promise<void> {
  await carts.save(removeLine(await carts.get(cartId), productId));
}
