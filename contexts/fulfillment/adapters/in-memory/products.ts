import type { Tables } from '#events/messaging/adapters/in-memory/tables';
import { pageOf } from '#shared-kernel/page';
import type { Product } from '../../domain/product.ts';
import type { ProductRepository } from '../../ports.ts';

export function createProducts(tables: Tables): ProductRepository {
  const products = tables.table<Product>('products');
  return {
    preload: async () => undefined,
    findAll: async (ids) => [...new Set(ids)].map((id) => products.get(id)).filter((product) => product !== undefined),
    async list({ limit, after }) {
      const found = products.all().filter(({ id }) => !after || id > after);
      return pageOf(
        found.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
        limit,
        ({ id }) => id,
      );
    },
    save: async (product) => products.put(product.id, product),
  };
}
