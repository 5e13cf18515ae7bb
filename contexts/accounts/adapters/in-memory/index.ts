import type { InMemoryContext } from '#events/messaging/adapters/in-memory/store';
import type { AccountsScope } from '../../ports.ts';
import { createCredentials } from './credentials.ts';
import { createCustomers } from './customers.ts';

export const accountsInMemory: InMemoryContext<AccountsScope> = {
  context: 'accounts',
  createScope: (tables, unit) => ({
    ...unit,
    customers: createCustomers(tables),
    credentials: createCredentials(tables),
  }),
};
