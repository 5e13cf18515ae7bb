import { defineEntity, type EntityManager, type InferEntity, p } from '@mikro-orm/postgresql';
import type { SupplierId } from '#shared-kernel/ids';
import { type Page, type PageRequest, pageOf } from '#shared-kernel/page';
import type { TenantId } from '#shared-kernel/tenant';
import { AccountNumberTaken, SupplierNotFound } from '../../domain/errors.ts';
import type { Supplier } from '../../domain/supplier.ts';
import type { SupplierRepository } from '../../ports.ts';
import { flush } from './flush.ts';

export const SupplierRow = defineEntity({
  name: 'SupplierRow',
  schema: 'catalog',
  tableName: 'suppliers',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    id: p.uuid().$type<SupplierId>().primary(),
    name: p.text(),
    accountNumber: p.text().nullable(),
    creditRating: p.integer().nullable(),
    isActive: p.boolean(),
    url: p.text().nullable(),
    version: p.integer().version(),
  },
});

type Row = InferEntity<typeof SupplierRow>;

export class MikroOrmSuppliers implements SupplierRepository {
  readonly #em: EntityManager;
  readonly #tenantId: TenantId;

  constructor(em: EntityManager, tenantId: TenantId) {
    this.#em = em;
    this.#tenantId = tenantId;
  }

  async get(id: SupplierId): Promise<Supplier> {
    return toSupplier(await this.#row(id));
  }

  async find(id: SupplierId): Promise<Supplier | undefined> {
    const row = await this.#em.findOne(SupplierRow, { tenantId: this.#tenantId, id });
    return row ? toSupplier(row) : undefined;
  }

  async findAll(ids: readonly SupplierId[]): Promise<readonly Supplier[]> {
    const rows = await this.#em.find(SupplierRow, { tenantId: this.#tenantId, id: { $in: [...ids] } });
    return rows.map(toSupplier);
  }

  async list({ limit, after }: PageRequest): Promise<Page<Supplier>> {
    const rows = await this.#em.find(
      SupplierRow,
      { tenantId: this.#tenantId, ...(after && { id: { $gt: after as SupplierId } }) },
      { orderBy: { id: 'asc' }, limit: limit + 1 },
    );
    return pageOf(rows.map(toSupplier), limit, ({ id }) => id);
  }

  async add(supplier: Supplier): Promise<void> {
    this.#em.create(SupplierRow, { ...supplier, tenantId: this.#tenantId, version: 1 }, { persist: true });
    const { accountNumber } = supplier;
    await flush(this.#em, accountNumber ? { suppliers_account_number: new AccountNumberTaken(accountNumber) } : {});
  }

  async save(supplier: Supplier): Promise<void> {
    this.#em.assign(await this.#row(supplier.id), supplier);
  }

  async #row(id: SupplierId): Promise<Row> {
    const row = await this.#em.findOne(SupplierRow, { tenantId: this.#tenantId, id });
    if (!row) throw new SupplierNotFound(id);
    return row;
  }
}

const toSupplier = ({ id, name, accountNumber, creditRating, isActive, url }: Row): Supplier => ({
  id,
  name,
  accountNumber: accountNumber ?? null,
  creditRating: creditRating ?? null,
  isActive,
  url: url ?? null,
});
