import type { Tables } from '#events/messaging/adapters/in-memory/tables';
import { pageOf } from '#shared-kernel/page';
import { OrderNotFound } from '../../domain/errors.ts';
import { forgetPerson, isOver, type Order } from '../../domain/order.ts';
import type { OrderRepository } from '../../ports.ts';

export function createOrders(tables: Tables): OrderRepository {
  const orders = tables.table<Order>('orders');
  return {
    async get(id) {
      const order = orders.get(id);
      if (!order) throw new OrderNotFound(id);
      return order;
    },
    find: async (id) => orders.get(id),
    findAll: async (ids) => [...new Set(ids)].map((id) => orders.get(id)).filter((order) => order !== undefined),
    preload: async () => undefined,
    async list({ limit, after }, { customerId, status }) {
      const found = orders
        .all()
        .filter((order) => (!customerId || order.customerId === customerId) && (!status || order.status === status))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .filter(({ id }) => !after || id > after);
      return pageOf(found, limit, ({ id }) => id);
    },
    save: async (order) => orders.put(order.id, order),
    async forgetCustomer(customerId) {
      const theirs = orders.all().filter((order) => order.customerId === customerId && isOver(order));
      for (const order of theirs) orders.put(order.id, forgetPerson(order));
    },
  };
}
