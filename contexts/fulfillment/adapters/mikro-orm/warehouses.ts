import { defineEntity, type EntityManager, p } from '@mikro-orm/postgresql';
import type { WarehouseId } from '#shared-kernel/ids';
import { type Page, type PageRequest, pageOf } from '#shared-kernel/page';
import type { TenantId } from '#shared-kernel/tenant';
import type { Warehouse } from '../../domain/warehouse.ts';
import type { WarehouseRepository } from '../../ports.ts';
import { insertNew } from './insert-new.ts';

export const WarehouseRow = defineEntity({
  name: 'WarehouseRow',
  schema: 'fulfillment',
  tableName: 'warehouses',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    id: p.uuid().$type<WarehouseId>().primary(),
    name: p.text(),
  },
});

export class MikroOrmWarehouses implements WarehouseRepository {
  readonly #em: EntityManager;
  readonly #tenantId: TenantId;

  constructor(em: EntityManager, tenantId: TenantId) {
    this.#em = em;
    this.#tenantId = tenantId;
  }

  async add(warehouse: Warehouse): Promise<void> {
    await insertNew(this.#em, WarehouseRow, { ...warehouse, tenantId: this.#tenantId });
  }

  async find(id: WarehouseId): Promise<Warehouse | undefined> {
    const row = await this.#em.findOne(WarehouseRow, { tenantId: this.#tenantId, id });
    return row ? toWarehouse(row) : undefined;
  }

  async list({ limit, after }: PageRequest): Promise<Page<Warehouse>> {
    const where = { tenantId: this.#tenantId, ...(after && { id: { $gt: after as WarehouseId } }) };
    const rows = await this.#em.find(WarehouseRow, where, { orderBy: { id: 'asc' }, limit: limit + 1 });
    return pageOf(rows.map(toWarehouse), limit, ({ id }) => id);
  }
}

const toWarehouse = ({ id, name }: Warehouse): Warehouse => ({ id, name });
