import { defineEntity, type EntityManager, p } from '@mikro-orm/postgresql';
import type { CustomerId } from '#shared-kernel/ids';
import type { TenantId } from '#shared-kernel/tenant';
import type { Customer } from '../../domain/customer.ts';
import type { CustomerRepository } from '../../ports.ts';

export const CustomerRow = defineEntity({
  name: 'CheckoutCustomerRow',
  schema: 'checkout',
  tableName: 'customers',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    id: p.uuid().$type<CustomerId>().primary(),
    name: p.text(),
    email: p.text(),
  },
});

export class MikroOrmCustomers implements CustomerRepository {
  readonly #em: EntityManager;
  readonly #tenantId: TenantId;

  constructor(em: EntityManager, tenantId: TenantId) {
    this.#em = em;
    this.#tenantId = tenantId;
  }

  async find(id: CustomerId): Promise<Customer | undefined> {
    const row = await this.#em.findOne(CustomerRow, { tenantId: this.#tenantId, id });
    return row ? { id: row.id, name: row.name, email: row.email } : undefined;
  }

  async save(customer: Customer): Promise<void> {
    const row = await this.#em.findOne(CustomerRow, { tenantId: this.#tenantId, id: customer.id });
    if (row) this.#em.assign(row, customer);
    else this.#em.create(CustomerRow, { ...customer, tenantId: this.#tenantId }, { persist: true });
  }

  async remove(id: CustomerId): Promise<void> {
    const row = await this.#em.findOne(CustomerRow, { tenantId: this.#tenantId, id });
    if (row) this.#em.remove(row);
  }
}
