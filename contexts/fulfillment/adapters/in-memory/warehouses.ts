import type { Tables } from '#events/messaging/adapters/in-memory/tables';
import { pageOf } from '#shared-kernel/page';
import type { Warehouse } from '../../domain/warehouse.ts';
import type { WarehouseRepository } from '../../ports.ts';

export function createWarehouses(tables: Tables): WarehouseRepository {
  const warehouses = tables.table<Warehouse>('warehouses');
  return {
    async add(warehouse) {
      if (!warehouses.get(warehouse.id)) warehouses.put(warehouse.id, warehouse);
    },
    find: async (id) => warehouses.get(id),
    async list({ limit, after }) {
      const found = warehouses.all().filter(({ id }) => !after || id > after);
      return pageOf(
        found.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
        limit,
        ({ id }) => id,
      );
    },
  };
}
