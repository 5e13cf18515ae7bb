import type { Tables } from '#events/messaging/adapters/in-memory/tables';
import { pageOf } from '#shared-kernel/page';
import { ProductNotFound, SkuTaken } from '../../domain/errors.ts';
import type { Product } from '../../domain/product.ts';
import type { ProductFilter, ProductRepository } from '../../ports.ts';

export function createProducts(tables: Tables): ProductRepository {
  const products = tables.table<Product>('products');
  return {
    async get(id) {
      const product = products.get(id);
      if (!product) throw new ProductNotFound(id);
      return product;
    },
    find: async (id) => products.get(id),
    findAll: async (ids) => [...new Set(ids)].map((id) => products.get(id)).filter((product) => product !== undefined),
    async list({ limit, after }, filter) {
      const found = products
        .all()
        .filter((product) => passes(product, filter))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .filter(({ id }) => !after || id > after);
      return pageOf(found, limit, ({ id }) => id);
    },
    async add(product) {
      if (products.all().some(({ sku }) => sku === product.sku)) throw new SkuTaken(product.sku);
      products.put(product.id, product);
    },
    save: async (product) => products.put(product.id, product),
  };
}

const passes = (product: Product, { q, status, category }: ProductFilter): boolean =>
  (!status || product.status === status) &&
  (!category || product.category === category) &&
  (!q || [product.name, product.sku].some((text) => text.toLowerCase().includes(q.toLowerCase())));
