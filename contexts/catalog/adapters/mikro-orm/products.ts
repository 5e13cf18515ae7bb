import { defineEntity, type EntityManager, type FilterQuery, type InferEntity, p } from '@mikro-orm/postgresql';
import type { Currency } from '#shared-kernel/currency';
import type { ProductId } from '#shared-kernel/ids';
import { formatAmount, money, parseAmount } from '#shared-kernel/money';
import { type Page, type PageRequest, pageOf } from '#shared-kernel/page';
import type { TaxClass } from '#shared-kernel/product';
import type { TenantId } from '#shared-kernel/tenant';
import { ProductNotFound, SkuTaken } from '../../domain/errors.ts';
import type { Product, ProductStatus, Specification } from '../../domain/product.ts';
import type { ProductFilter, ProductRepository } from '../../ports.ts';
import { flush } from './flush.ts';

export const ProductRow = defineEntity({
  name: 'CatalogProductRow',
  schema: 'catalog',
  tableName: 'products',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    id: p.uuid().$type<ProductId>().primary(),
    sku: p.text(),
    name: p.text(),
    description: p.text(),
    category: p.text().nullable(),
    price: p.decimal(),
    currency: p.text().$type<Currency>(),
    taxClass: p.text().$type<TaxClass>(),
    isForSale: p.boolean(),
    specifications: p.json<readonly Specification[]>(),
    status: p.text().$type<ProductStatus>(),
    version: p.integer().version(),
  },
});

type Row = InferEntity<typeof ProductRow>;

export class MikroOrmProducts implements ProductRepository {
  readonly #em: EntityManager;
  readonly #tenantId: TenantId;

  constructor(em: EntityManager, tenantId: TenantId) {
    this.#em = em;
    this.#tenantId = tenantId;
  }

  async get(id: ProductId): Promise<Product> {
    return toProduct(await this.#row(id));
  }

  async find(id: ProductId): Promise<Product | undefined> {
    const row = await this.#em.findOne(ProductRow, { tenantId: this.#tenantId, id });
    return row ? toProduct(row) : undefined;
  }

  async findAll(ids: readonly ProductId[]): Promise<readonly Product[]> {
    const rows = await this.#em.find(ProductRow, { tenantId: this.#tenantId, id: { $in: [...new Set(ids)] } });
    return rows.map(toProduct);
  }

  async list({ limit, after }: PageRequest, filter: ProductFilter): Promise<Page<Product>> {
    const rows = await this.#em.find(
      ProductRow,
      { $and: [{ tenantId: this.#tenantId }, after ? { id: { $gt: after as ProductId } } : {}, matching(filter)] },
      { orderBy: { id: 'asc' }, limit: limit + 1 },
    );
    return pageOf(rows.map(toProduct), limit, ({ id }) => id);
  }

  async add(product: Product): Promise<void> {
    this.#em.create(ProductRow, { ...toRow(product), tenantId: this.#tenantId, version: 1 }, { persist: true });
    await flush(this.#em, { products_sku: new SkuTaken(product.sku) });
  }

  async save(product: Product): Promise<void> {
    this.#em.assign(await this.#row(product.id), toRow(product));
  }

  async #row(id: ProductId): Promise<Row> {
    const row = await this.#em.findOne(ProductRow, { tenantId: this.#tenantId, id });
    if (!row) throw new ProductNotFound(id);
    return row;
  }
}

function matching({ q, status, category }: ProductFilter): FilterQuery<Row> {
  const like = q && { $ilike: `%${q.replaceAll(/[\\%_]/g, String.raw`\$&`)}%` };
  return {
    ...(status && { status }),
    ...(category && { category }),
    ...(like && { $or: [{ name: like }, { sku: like }] }),
  };
}

const toProduct = ({ tenantId: _tenantId, version: _version, currency, price, category, ...row }: Row): Product => ({
  ...row,
  category: category ?? null,
  price: money(parseAmount(price), currency),
});

const toRow = ({ price, ...product }: Product) => ({
  ...product,
  price: formatAmount(price),
  currency: price.currency,
});
