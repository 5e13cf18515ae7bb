import type { z } from 'zod';
import { CustomerId } from '#shared-kernel/ids';
import { type Page, PageRequest } from '#shared-kernel/page';
import type { CheckoutScope } from '../ports.ts';
import { OrderView, viewOrder } from './order-view.ts';

export const ListOrders = PageRequest.extend({
  customerId: CustomerId.optional(),
  status: OrderView.shape.status.optional(),
});
export type ListOrders = z.output<typeof ListOrders>;

export async function listOrders(
  { orders }: CheckoutScope,
  { customerId, status, ...page }: ListOrders,
): Promise<Page<OrderView>> {
  const { items, next } = await orders.list(page, { customerId, status });
  return { items: items.map(viewOrder), next };
}
