import { z } from 'zod';
import { OrderId } from '#shared-kernel/ids';
import type { CheckoutScope } from '../ports.ts';
import { type OrderView, viewOrder } from './order-view.ts';

export const ListOrdersByIds = z.strictObject({ ids: z.array(OrderId).max(1000) });
export type ListOrdersByIds = z.output<typeof ListOrdersByIds>;

/** Those of them that are known, at once, in any order. */
export async function listOrdersByIds(
  { orders }: CheckoutScope,
  { ids }: ListOrdersByIds,
): Promise<readonly OrderView[]> {
  return (await orders.findAll(ids)).map(viewOrder);
}
