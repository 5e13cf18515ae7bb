import { defineEntity, type EntityManager, p } from '@mikro-orm/postgresql';
import type { CustomerId } from '#shared-kernel/ids';
import type { TenantId } from '#shared-kernel/tenant';
import type { ErasedCustomers } from '../../ports.ts';
import { insertNew } from './insert-new.ts';

export const ErasedCustomerRow = defineEntity({
  name: 'ErasedCustomerRow',
  schema: 'fulfillment',
  tableName: 'erased_customers',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    id: p.uuid().$type<CustomerId>().primary(),
  },
});

export class MikroOrmErasedCustomers implements ErasedCustomers {
  readonly #em: EntityManager;
  readonly #tenantId: TenantId;

  constructor(em: EntityManager, tenantId: TenantId) {
    this.#em = em;
    this.#tenantId = tenantId;
  }

  async add(id: CustomerId): Promise<void> {
    await insertNew(this.#em, ErasedCustomerRow, { tenantId: this.#tenantId, id });
  }

  async has(id: CustomerId): Promise<boolean> {
    return (await this.#em.findOne(ErasedCustomerRow, { tenantId: this.#tenantId, id })) !== null;
  }
}
