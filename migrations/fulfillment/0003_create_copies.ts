import type { Migration } from '../migration.ts';

/** What fulfillment keeps of other contexts' facts. */
export const createCopies: Migration = {
  name: '0003_create_copies',
  sql: (schema) => `
    create table ${schema}.products (
      tenant_id text not null,
      id uuid not null,
      sku text not null,
      label text not null,
      primary key (tenant_id, id)
    );

    create table ${schema}.erased_customers (
      tenant_id text not null,
      id uuid not null,
      primary key (tenant_id, id)
    );
  `,
};
