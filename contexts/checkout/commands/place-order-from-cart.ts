import type { z } from 'zod';
import { CartId, type OrderId } from '#shared-kernel/ids';
import { markOrdered } from '../domain/cart.ts';
import { CartEmpty } from '../domain/errors.ts';
import type { CheckoutScope } from '../ports.ts';
import { placeOrder, PlaceOrder } from './place-order.ts';

export const PlaceOrderFromCart = PlaceOrder.omit({ customerId: true, lines: true }).extend({ cartId: CartId });
export type PlaceOrderFromCart = z.output<typeof PlaceOrderFromCart>;

/**
 * Orders what is in a cart, at the prices of this moment; a cart is ordered once.
 * @throws {CartNotFound} {@link CartEmpty} {@link CartAlreadyOrdered} and what `placeOrder` throws
 */
export async function placeOrderFromCart(scope: CheckoutScope, command: PlaceOrderFromCart): Promise<OrderId> {
  const { cartId, ...rest } = command;
  const cart = await scope.carts.get(cartId);
  if (cart.lines.length === 0) throw new CartEmpty(cartId);
  const lines = cart.lines.map(({ productId, quantity }) => ({ productId, quantity }));
  const orderId = await placeOrder(scope, { ...rest, customerId: cart.customerId, lines });
  await scope.carts.save(markOrdered(cart, orderId));
  return orderId;
}
