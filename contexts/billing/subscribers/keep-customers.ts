import { CustomerErased, CustomerRegistered } from '#events/accounts';
import { defineSubscriber } from '#events/messaging';
import { erasedCustomer, newCustomer } from '../domain/customer.ts';
import type { BillingScope } from '../ports.ts';

/** Knows whose billing details may be kept, and forgets them for good when they are to be forgotten. Invoices stay. */
export const keepCustomers = defineSubscriber<BillingScope>()({
  name: 'billing.keepCustomers',
  on: [CustomerRegistered, CustomerErased],
  prepare: ({ customers }, events) => customers.preload(events.map(({ data }) => data.customerId)),
  handle: async ({ customers }, { type, data: { customerId } }) => {
    if (type === 'accounts.CustomerErased') return customers.save(erasedCustomer(customerId));
    if (!(await customers.find(customerId))) await customers.save(newCustomer(customerId));
  },
});
