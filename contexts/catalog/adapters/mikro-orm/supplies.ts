import { defineEntity, type EntityManager, type InferEntity, p } from '@mikro-orm/postgresql';
import type { Currency } from '#shared-kernel/currency';
import type { ProductId, SupplierId } from '#shared-kernel/ids';
import { formatAmount, money, parseAmount } from '#shared-kernel/money';
import type { TenantId } from '#shared-kernel/tenant';
import type { Supply } from '../../domain/supplier.ts';
import type { SupplyRepository } from '../../ports.ts';
import { flush } from './flush.ts';

export const SupplyRow = defineEntity({
  name: 'SupplyRow',
  schema: 'catalog',
  tableName: 'supplies',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    productId: p.uuid().$type<ProductId>().primary(),
    supplierId: p.uuid().$type<SupplierId>().primary(),
    price: p.decimal(),
    currency: p.text().$type<Currency>(),
    leadTimeDays: p.integer(),
    minOrderQuantity: p.integer().nullable(),
    maxOrderQuantity: p.integer().nullable(),
    unit: p.text().nullable(),
    version: p.integer().version(),
  },
});

type Row = InferEntity<typeof SupplyRow>;

export class MikroOrmSupplies implements SupplyRepository {
  readonly #em: EntityManager;
  readonly #tenantId: TenantId;

  constructor(em: EntityManager, tenantId: TenantId) {
    this.#em = em;
    this.#tenantId = tenantId;
  }

  async find(supplierId: SupplierId, productId: ProductId): Promise<Supply | undefined> {
    const row = await this.#row(supplierId, productId);
    return row ? toSupply(row) : undefined;
  }

  async ofProduct(productId: ProductId): Promise<readonly Supply[]> {
    const ofIt = { tenantId: this.#tenantId, productId };
    return (await this.#em.find(SupplyRow, ofIt, { orderBy: { supplierId: 'asc' } })).map(toSupply);
  }

  async save(supply: Supply): Promise<void> {
    const row = await this.#row(supply.supplierId, supply.productId);
    if (row) this.#em.assign(row, toRow(supply));
    else this.#em.create(SupplyRow, { ...toRow(supply), tenantId: this.#tenantId, version: 1 }, { persist: true });
    await flush(this.#em);
  }

  async remove(supplierId: SupplierId, productId: ProductId): Promise<void> {
    const row = await this.#row(supplierId, productId);
    if (row) await this.#em.remove(row).flush();
  }

  async #row(supplierId: SupplierId, productId: ProductId): Promise<Row | null> {
    return this.#em.findOne(SupplyRow, { tenantId: this.#tenantId, productId, supplierId });
  }
}

const toSupply = (row: Row): Supply => ({
  supplierId: row.supplierId,
  productId: row.productId,
  price: money(parseAmount(row.price), row.currency),
  leadTimeDays: row.leadTimeDays,
  minOrderQuantity: row.minOrderQuantity ?? null,
  maxOrderQuantity: row.maxOrderQuantity ?? null,
  unit: row.unit ?? null,
});

const toRow = ({ price, ...supply }: Supply) => ({
  ...supply,
  price: formatAmount(price),
  currency: price.currency,
});
