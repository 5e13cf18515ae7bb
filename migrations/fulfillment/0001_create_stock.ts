import type { Migration } from '../migration.ts';

/** Whatever the code does, what is reserved is on hand. */
export const createStock: Migration = {
  name: '0001_create_stock',
  sql: (schema) => `
    create table ${schema}.warehouses (
      tenant_id text not null,
      id uuid not null,
      name text not null,
      primary key (tenant_id, id)
    );

    create table ${schema}.stock_levels (
      tenant_id text not null,
      product_id uuid not null,
      warehouse_id uuid not null,
      on_hand bigint not null,
      reserved bigint not null,
      primary key (tenant_id, product_id, warehouse_id),
      constraint reserved_is_on_hand check (0 <= reserved and reserved <= on_hand)
    );

    create table ${schema}.stock_receipts (
      tenant_id text not null,
      id uuid not null,
      product_id uuid not null,
      warehouse_id uuid not null,
      quantity int not null check (quantity > 0),
      received_at timestamptz not null,
      primary key (tenant_id, id)
    );

    create table ${schema}.stock_adjustments (
      tenant_id text not null,
      id uuid not null,
      product_id uuid not null,
      warehouse_id uuid not null,
      difference int not null check (difference <> 0),
      reason text not null,
      adjusted_at timestamptz not null,
      primary key (tenant_id, id)
    );
  `,
};
