import { defineEntity, type EntityManager, type InferEntity, p } from '@mikro-orm/postgresql';
import type { PostalAddress } from '#shared-kernel/address';
import type { CustomerId } from '#shared-kernel/ids';
import type { TenantId } from '#shared-kernel/tenant';
import type { Customer } from '../../domain/customer.ts';
import type { CustomerRepository } from '../../ports.ts';

export const CustomerRow = defineEntity({
  name: 'BillingCustomerRow',
  schema: 'billing',
  tableName: 'customers',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    id: p.uuid().$type<CustomerId>().primary(),
    billingAddress: p.json<PostalAddress>().nullable(),
    taxId: p.text().nullable(),
    isErased: p.boolean(),
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

  async save({ id, ...details }: Customer): Promise<void> {
    await this.preload([id]);
    const row = this.#known.get(id);
    if (row) this.#em.assign(row, details);
    else this.#known.set(id, this.#create(id, details));
  }

  #create(id: CustomerId, details: Omit<Customer, 'id'>): Row {
    const created = { tenantId: this.#tenantId, id, ...details, version: 1 };
    return this.#em.create(CustomerRow, created, { persist: true });
  }
}

const toCustomer = ({ id, billingAddress, taxId, isErased }: Row): Customer => ({
  id,
  billingAddress: billingAddress ?? null,
  taxId: taxId ?? null,
  isErased,
});
