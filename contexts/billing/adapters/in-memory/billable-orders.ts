import type { Tables } from '#events/messaging/adapters/in-memory/tables';
import type { BillableOrder } from '../../domain/billable-order.ts';
import type { BillableOrderRepository } from '../../ports.ts';

export function createBillableOrders(tables: Tables): BillableOrderRepository {
  const orders = tables.table<BillableOrder>('billable_orders');
  return {
    find: async (id) => orders.get(id),
    preload: async () => undefined,
    save: async (order) => orders.put(order.id, order),
  };
}
