import type { InMemoryContext } from '#events/messaging/adapters/in-memory/store';
import type { BillingScope } from '../../ports.ts';
import { createBillableOrders } from './billable-orders.ts';
import { createCustomers } from './customers.ts';
import { createInvoices } from './invoices.ts';

export const billingInMemory: InMemoryContext<BillingScope> = {
  context: 'billing',
  createScope: (tables, unit) => ({
    ...unit,
    orders: createBillableOrders(tables),
    invoices: createInvoices(tables),
    customers: createCustomers(tables),
  }),
};
