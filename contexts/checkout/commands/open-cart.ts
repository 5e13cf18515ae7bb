import { z } from 'zod';
import { CartId, CustomerId, newId } from '#shared-kernel/ids';
import type { CheckoutScope } from '../ports.ts';
import { assertRegistered } from './place-order.ts';

export const OpenCart = z.strictObject({ customerId: CustomerId });
export type OpenCart = z.output<typeof OpenCart>;

/** @throws {CustomerUnknown} */
export async function openCart(scope: CheckoutScope, { customerId }: OpenCart): Promise<CartId> {
  await assertRegistered(scope, customerId);
  const id = newId(CartId);
  await scope.carts.save({ id, customerId, lines: [], orderId: null });
  return id;
}
