import { defineEntity, type EntityManager, type InferEntity, p } from '@mikro-orm/postgresql';
import type { CustomerId } from '#shared-kernel/ids';
import type { TenantId } from '#shared-kernel/tenant';
import type { Customer } from '../../domain/customer.ts';
import type { CustomerRepository } from '../../ports.ts';

/** Without an address and a language: erased. */
export const CustomerRow = defineEntity({
  name: 'NotificationsCustomerRow',
  schema: 'notifications',
  tableName: 'customers',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    id: p.uuid().$type<CustomerId>().primary(),
    email: p.text().nullable(),
    language: p.text().nullable(),
    version: p.integer().version(),
  },
});
type Row = InferEntity<typeof CustomerRow>;

export class MikroOrmCustomers implements CustomerRepository {
  readonly #em: EntityManager;
  readonly #tenantId: TenantId;
  /** Whom this unit of work has looked for or made; undefined where there was nobody. */
  readonly #known = new Map<CustomerId, Row | undefined>();

  constructor(em: EntityManager, tenantId: TenantId) {
    this.#em = em;
    this.#tenantId = tenantId;
  }

  async find(id: CustomerId): Promise<Customer | undefined> {
    await this.preload([id]);
    const row = this.#known.get(id);
    return row && toCustomer(row);
  }

  async preload(ids: readonly CustomerId[]): Promise<void> {
    const wanted = [...new Set(ids)].filter((id) => !this.#known.has(id));
    if (wanted.length === 0) return;
    for (const id of wanted) this.#known.set(id, undefined);
    const rows = await this.#em.find(CustomerRow, { tenantId: this.#tenantId, id: { $in: wanted } });
    for (const row of rows) this.#known.set(row.id, row);
  }

  async save(customer: Customer): Promise<void> {
    await this.preload([customer.id]);
    const row = this.#known.get(customer.id);
    if (row) this.#em.assign(row, toState(customer));
    else this.#known.set(customer.id, this.#create(customer));
  }

  #create(customer: Customer): Row {
    const created = { tenantId: this.#tenantId, id: customer.id, ...toState(customer), version: 1 };
    return this.#em.create(CustomerRow, created, { persist: true });
  }
}

const toCustomer = ({ id, email, language }: Row): Customer =>
  email && language ? { id, email, language, isErased: false } : { id, isErased: true };

const toState = (customer: Customer) =>
  customer.isErased ? { email: null, language: null } : { email: customer.email, language: customer.language };
