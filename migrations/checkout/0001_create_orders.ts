import type { Migration } from '../migration.ts';

export const createOrders: Migration = {
  name: '0001_create_orders',
  sql: (schema) => `
    create table ${schema}.orders (
      tenant_id text not null,
      id uuid not null,
      customer_id uuid not null,
      status text not null check (status in ('placed', 'confirmed', 'shipped', 'completed', 'cancelled')),
      reason text,
      cancellation_requested boolean not null,
      currency text not null,
      subtotal numeric(19, 4) not null,
      tax numeric(19, 4) not null,
      freight numeric(19, 4) not null,
      total numeric(19, 4) not null,
      ship_to jsonb not null,
      bill_to jsonb not null,
      placed_at timestamptz not null,
      version int not null default 1,
      primary key (tenant_id, id)
    );
    create index orders_customer on ${schema}.orders (tenant_id, customer_id, id);

    create table ${schema}.order_lines (
      tenant_id text not null,
      order_id uuid not null,
      line_number int not null,
      product_id uuid not null,
      sku text not null,
      name text not null,
      quantity int not null check (quantity > 0),
      unit_price numeric(19, 4) not null,
      discount numeric(5, 4) not null,
      tax_class text not null,
      primary key (tenant_id, order_id, line_number),
      foreign key (tenant_id, order_id) references ${schema}.orders deferrable initially deferred
    );
  `,
};
