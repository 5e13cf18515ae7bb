import type { Tables } from '#events/messaging/adapters/in-memory/tables';
import { pageOf } from '#shared-kernel/page';
import { AccountNumberTaken, SupplierNotFound } from '../../domain/errors.ts';
import type { Supplier } from '../../domain/supplier.ts';
import type { SupplierRepository } from '../../ports.ts';

export function createSuppliers(tables: Tables): SupplierRepository {
  const suppliers = tables.table<Supplier>('suppliers');
  return {
    async get(id) {
      const supplier = suppliers.get(id);
      if (!supplier) throw new SupplierNotFound(id);
      return supplier;
    },
    find: async (id) => suppliers.get(id),
    findAll: async (ids) => ids.map((id) => suppliers.get(id)).filter((supplier) => supplier !== undefined),
    async list({ limit, after }) {
      const found = suppliers
        .all()
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .filter(({ id }) => !after || id > after);
      return pageOf(found, limit, ({ id }) => id);
    },
    async add(supplier) {
      const { id, accountNumber } = supplier;
      const isTaken = accountNumber !== null && suppliers.all().some((other) => other.accountNumber === accountNumber);
      if (isTaken) throw new AccountNumberTaken(accountNumber);
      suppliers.put(id, supplier);
    },
    save: async (supplier) => suppliers.put(supplier.id, supplier),
  };
}
