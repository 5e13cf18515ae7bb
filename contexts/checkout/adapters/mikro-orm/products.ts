import { defineEntity, type EntityManager, type InferEntity, p } from '@mikro-orm/postgresql';
import type { Currency } from '#shared-kernel/currency';
import type { ProductId } from '#shared-kernel/ids';
import { formatAmount, money, parseAmount } from '#shared-kernel/money';
import type { TaxClass } from '#shared-kernel/product';
import type { TenantId } from '#shared-kernel/tenant';
import type { Product } from '../../domain/product.ts';
import type { ProductRepository } from '../../ports.ts';

export const ProductRow = defineEntity({
  name: 'CheckoutProductRow',
  schema: 'checkout',
  tableName: 'products',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    id: p.uuid().$type<ProductId>().primary(),
    sku: p.text(),
    name: p.text(),
    description: p.text(),
    price: p.decimal(),
    currency: p.text().$type<Currency>(),
    taxClass: p.text().$type<TaxClass>(),
    isForSale: p.boolean(),
  },
});

export class MikroOrmProducts implements ProductRepository {
  readonly #em: EntityManager;
  readonly #tenantId: TenantId;

  constructor(em: EntityManager, tenantId: TenantId) {
    this.#em = em;
    this.#tenantId = tenantId;
  }

  async findAll(ids: readonly ProductId[]): Promise<readonly Product[]> {
    const rows = await this.#em.find(ProductRow, { tenantId: this.#tenantId, id: { $in: [...new Set(ids)] } });
    return rows.map(toProduct);
  }

  async save(product: Product): Promise<void> {
    const row = await this.#em.findOne(ProductRow, { tenantId: this.#tenantId, id: product.id });
    if (row) this.#em.assign(row, toRow(product, this.#tenantId));
    else this.#em.create(ProductRow, toRow(product, this.#tenantId), { persist: true });
  }
}

const toProduct = ({ tenantId: _tenantId, currency, price, ...row }: InferEntity<typeof ProductRow>): Product => ({
  ...row,
  price: money(parseAmount(price), currency),
});

const toRow = ({ price, ...product }: Product, tenantId: TenantId) => ({
  ...product,
  tenantId,
  price: formatAmount(price),
  currency: price.currency,
});
