import type { MikroOrmContext } from '#events/messaging/adapters/postgresql/store';
import type { AccountsScope } from '../../ports.ts';
import { CredentialRow, MikroOrmCredentials } from './credentials.ts';
import { CustomerRow, MikroOrmCustomers } from './customers.ts';

export const accountsOnMikroOrm: MikroOrmContext<AccountsScope> = {
  context: 'accounts',
  entities: [CustomerRow, CredentialRow],
  createScope: (em, unit) => ({
    ...unit,
    customers: new MikroOrmCustomers(em, unit.tenantId),
    credentials: new MikroOrmCredentials(em, unit.tenantId),
  }),
};
