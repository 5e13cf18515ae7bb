import type { Tables } from '#events/messaging/adapters/in-memory/tables';
import type { Customer } from '../../domain/customer.ts';
import type { CustomerRepository } from '../../ports.ts';

export function createCustomers(tables: Tables): CustomerRepository {
  const customers = tables.table<Customer>('customers');
  return {
    find: async (id) => customers.get(id),
    preload: async () => undefined,
    save: async (customer) => customers.put(customer.id, customer),
  };
}
