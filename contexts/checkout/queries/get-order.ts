import type { OrderId } from '#shared-kernel/ids';
import type { CheckoutScope } from '../ports.ts';
import { type OrderView, viewOrder } from './order-view.ts';

/** @throws {OrderNotFound} */
export async function getOrder({ orders }: CheckoutScope, orderId: OrderId): Promise<OrderView> {
  return viewOrder(await orders.get(orderId));
}
