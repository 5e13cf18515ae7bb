import type { Migration } from '../migration.ts';

/** What checkout keeps of other contexts' facts. */
export const createCopies: Migration = {
  name: '0003_create_copies',
  sql: (schema) => `
    create table ${schema}.products (
      tenant_id text not null,
      id uuid not null,
      sku text not null,
      name text not null,
      description text not null,
      price numeric(19, 4) not null,
      currency text not null,
      tax_class text not null,
      is_for_sale boolean not null,
      primary key (tenant_id, id)
    );

    create table ${schema}.customers (
      tenant_id text not null,
      id uuid not null,
      name text not null,
      email text not null,
      primary key (tenant_id, id)
    );
  `,
};
