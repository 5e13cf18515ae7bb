import type { Migration } from '../migration.ts';

export const createCarts: Migration = {
  name: '0002_create_carts',
  sql: (schema) => `
    create table ${schema}.carts (
      tenant_id text not null,
      id uuid not null,
      customer_id uuid not null,
      order_id uuid,
      lines jsonb not null,
      version int not null default 1,
      primary key (tenant_id, id)
    );
  `,
};
