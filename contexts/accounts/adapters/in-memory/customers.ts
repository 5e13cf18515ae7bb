import type { Tables } from '#events/messaging/adapters/in-memory/tables';
import { pageOf } from '#shared-kernel/page';
import type { ActiveCustomer, Customer } from '../../domain/customer.ts';
import { CustomerNotFound, EmailTaken } from '../../domain/errors.ts';
import type { CustomerRepository } from '../../ports.ts';

export function createCustomers(tables: Tables): CustomerRepository {
  const customers = tables.table<Customer>('customers');
  const byEmail = (email: string) =>
    customers.all().find((one): one is ActiveCustomer => one.status === 'active' && one.email === email);
  const put = async (customer: Customer) => {
    const owner = customer.status === 'active' ? byEmail(customer.email) : undefined;
    if (owner && owner.id !== customer.id) throw new EmailTaken();
    customers.put(customer.id, customer);
  };
  return {
    async get(id) {
      const customer = customers.get(id);
      if (!customer) throw new CustomerNotFound(id);
      return customer;
    },
    find: async (id) => customers.get(id),
    findByEmail: async (email) => byEmail(email),
    findAll: async (ids) => [...new Set(ids)].map((id) => customers.get(id)).filter((one) => one !== undefined),
    async list({ limit, after }) {
      const found = customers
        .all()
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .filter(({ id }) => !after || id > after);
      return pageOf(found, limit, ({ id }) => id);
    },
    add: put,
    save: put,
  };
}
