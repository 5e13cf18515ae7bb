import type { Tables } from '#events/messaging/adapters/in-memory/tables';
import type { Product } from '../../domain/product.ts';
import type { ProductRepository } from '../../ports.ts';

export function createProducts(tables: Tables): ProductRepository {
  const products = tables.table<Product>('products');
  return {
    findAll: async (ids) => [...new Set(ids)].map((id) => products.get(id)).filter((product) => product !== undefined),
    save: async (product) => products.put(product.id, product),
  };
}
