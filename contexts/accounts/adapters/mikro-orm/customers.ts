import { defineEntity, type EntityManager, type InferEntity, p } from '@mikro-orm/postgresql';
import type { CustomerId } from '#shared-kernel/ids';
import { type Page, type PageRequest, pageOf } from '#shared-kernel/page';
import type { TenantId } from '#shared-kernel/tenant';
import type { ActiveCustomer, Customer, Role } from '../../domain/customer.ts';
import { CustomerNotFound } from '../../domain/errors.ts';
import type { CustomerRepository } from '../../ports.ts';
import { flush } from './flush.ts';

export const CustomerRow = defineEntity({
  name: 'AccountsCustomerRow',
  schema: 'accounts',
  tableName: 'customers',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    id: p.uuid().$type<CustomerId>().primary(),
    status: p.text().$type<Customer['status']>(),
    name: p.text().nullable(),
    email: p.text().nullable(),
    language: p.text().nullable(),
    roles: p.json<readonly Role[]>(),
    registeredAt: p.datetime(),
    version: p.integer().version(),
  },
});

type Row = InferEntity<typeof CustomerRow>;

export class MikroOrmCustomers implements CustomerRepository {
  readonly #em: EntityManager;
  readonly #tenantId: TenantId;

  constructor(em: EntityManager, tenantId: TenantId) {
    this.#em = em;
    this.#tenantId = tenantId;
  }

  async get(id: CustomerId): Promise<Customer> {
    return toCustomer(await this.#row(id));
  }

  async find(id: CustomerId): Promise<Customer | undefined> {
    const row = await this.#em.findOne(CustomerRow, { tenantId: this.#tenantId, id });
    return row ? toCustomer(row) : undefined;
  }

  async findByEmail(email: string): Promise<ActiveCustomer | undefined> {
    const row = await this.#em.findOne(CustomerRow, { tenantId: this.#tenantId, email });
    return row ? toActive(row) : undefined;
  }

  async findAll(ids: readonly CustomerId[]): Promise<readonly Customer[]> {
    const rows = await this.#em.find(CustomerRow, { tenantId: this.#tenantId, id: { $in: [...new Set(ids)] } });
    return rows.map(toCustomer);
  }

  async list({ limit, after }: PageRequest): Promise<Page<Customer>> {
    const rows = await this.#em.find(
      CustomerRow,
      { tenantId: this.#tenantId, ...(after && { id: { $gt: after as CustomerId } }) },
      { orderBy: { id: 'asc' }, limit: limit + 1 },
    );
    return pageOf(rows.map(toCustomer), limit, ({ id }) => id);
  }

  async add(customer: ActiveCustomer): Promise<void> {
    this.#em.create(CustomerRow, { ...toRow(customer), tenantId: this.#tenantId, version: 1 }, { persist: true });
    await flush(this.#em);
  }

  async save(customer: Customer): Promise<void> {
    this.#em.assign(await this.#row(customer.id), toRow(customer));
    await flush(this.#em);
  }

  async #row(id: CustomerId): Promise<Row> {
    const row = await this.#em.findOne(CustomerRow, { tenantId: this.#tenantId, id });
    if (!row) throw new CustomerNotFound(id);
    return row;
  }
}

const toCustomer = (row: Row): Customer => {
  const { id, status, registeredAt } = row;
  return status === 'erased' ? { id, status, registeredAt } : toActive(row);
};

/** The table sees to it that whoever is active has all of these. */
const toActive = ({ id, name, email, language, roles, registeredAt }: Row): ActiveCustomer => ({
  status: 'active',
  id,
  name: name!,
  email: email!,
  language: language!,
  roles,
  registeredAt,
});

const NOTHING_PERSONAL = { name: null, email: null, language: null, roles: [] };

const toRow = (customer: Customer) => ({ ...NOTHING_PERSONAL, ...customer });
