import type { Migration } from '../migration.ts';

export const createCustomers: Migration = {
  name: '0003_create_customers',
  sql: (schema) => `
    create table ${schema}.customers (
      tenant_id text not null,
      id uuid not null,
      billing_address jsonb,
      tax_id text,
      is_erased boolean not null,
      version int not null default 1,
      primary key (tenant_id, id)
    );
  `,
};
