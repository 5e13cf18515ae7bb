import { defineEntity, type EntityManager, type InferEntity, p } from '@mikro-orm/postgresql';
import type { ProductId } from '#shared-kernel/ids';
import { type Page, type PageRequest, pageOf } from '#shared-kernel/page';
import type { TenantId } from '#shared-kernel/tenant';
import type { Product } from '../../domain/product.ts';
import type { ProductRepository } from '../../ports.ts';

export const ProductRow = defineEntity({
  name: 'FulfillmentProductRow',
  schema: 'fulfillment',
  tableName: 'products',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    id: p.uuid().$type<ProductId>().primary(),
    sku: p.text(),
    label: p.text(),
  },
});
type Row = InferEntity<typeof ProductRow>;

export class MikroOrmProducts implements ProductRepository {
  readonly #em: EntityManager;
  readonly #tenantId: TenantId;
  /** What this unit of work has looked for; undefined where there is no such product. */
  readonly #known = new Map<ProductId, Row | undefined>();

  constructor(em: EntityManager, tenantId: TenantId) {
    this.#em = em;
    this.#tenantId = tenantId;
  }

  async preload(ids: readonly ProductId[]): Promise<void> {
    const wanted = [...new Set(ids)].filter((id) => !this.#known.has(id));
    if (wanted.length === 0) return;
    const rows = await this.#em.find(ProductRow, { tenantId: this.#tenantId, id: { $in: wanted } });
    for (const id of wanted) this.#known.set(id, undefined);
    for (const row of rows) this.#known.set(row.id, row);
  }

  async findAll(ids: readonly ProductId[]): Promise<readonly Product[]> {
    await this.preload(ids);
    const rows = [...new Set(ids)].map((id) => this.#known.get(id)).filter((row) => row !== undefined);
    return rows.map(toProduct);
  }

  async list({ limit, after }: PageRequest): Promise<Page<Product>> {
    const where = { tenantId: this.#tenantId, ...(after && { id: { $gt: after as ProductId } }) };
    const rows = await this.#em.find(ProductRow, where, { orderBy: { id: 'asc' }, limit: limit + 1 });
    return pageOf(rows.map(toProduct), limit, ({ id }) => id);
  }

  async save(product: Product): Promise<void> {
    await this.preload([product.id]);
    const known = this.#known.get(product.id);
    if (known) this.#em.assign(known, product);
    else this.#known.set(product.id, this.#create(product));
  }

  #create(product: Product): Row {
    return this.#em.create(ProductRow, { ...product, tenantId: this.#tenantId }, { persist: true });
  }
}

const toProduct = ({ id, sku, label }: Row): Product => ({ id, sku, label });
