import type { Migration } from '../migration.ts';

export const createProducts: Migration = {
  name: '0001_create_products',
  sql: (schema) => `
    create table ${schema}.products (
      tenant_id text not null,
      id uuid not null,
      sku text not null,
      name text not null,
      description text not null,
      category text,
      price numeric(19, 4) not null check (price >= 0),
      currency text not null,
      tax_class text not null,
      is_for_sale boolean not null,
      specifications jsonb not null,
      status text not null check (status in ('listed', 'discontinued')),
      version int not null default 1,
      primary key (tenant_id, id),
      constraint products_sku unique (tenant_id, sku)
    );
    create index products_category on ${schema}.products (tenant_id, category, id);
  `,
};
