import type { Migration } from '../migration.ts';

/** What is heard of orders until they are billed, and which are never to be. */
export const createBillableOrders: Migration = {
  name: '0001_create_billable_orders',
  sql: (schema) => `
    create table ${schema}.billable_orders (
      tenant_id text not null,
      id uuid not null,
      to_bill jsonb,
      is_reserved boolean not null,
      is_cancelled boolean not null,
      invoice_id uuid,
      version int not null default 1,
      primary key (tenant_id, id)
    );
  `,
};
