import type { Tables } from '#events/messaging/adapters/in-memory/tables';
import type { ProductId, SupplierId } from '#shared-kernel/ids';
import type { Supply } from '../../domain/supplier.ts';
import type { SupplyRepository } from '../../ports.ts';

export function createSupplies(tables: Tables): SupplyRepository {
  const supplies = tables.table<Supply>('supplies');
  return {
    find: async (supplierId, productId) => supplies.get(keyOf(supplierId, productId)),
    ofProduct: async (productId) =>
      supplies
        .all()
        .filter((supply) => supply.productId === productId)
        .toSorted((a, b) => (a.supplierId < b.supplierId ? -1 : 1)),
    save: async (supply) => supplies.put(keyOf(supply.supplierId, supply.productId), supply),
    remove: async (supplierId, productId) => supplies.delete(keyOf(supplierId, productId)),
  };
}

const keyOf = (supplierId: SupplierId, productId: ProductId) => `${supplierId}/${productId}`;
