import type { Migration } from '../migration.ts';

export const createReservations: Migration = {
  name: '0002_create_reservations',
  sql: (schema) => `
    create table ${schema}.reservations (
      tenant_id text not null,
      order_id uuid not null,
      customer_id uuid,
      status text not null check (status in ('awaited', 'reserved', 'rejected', 'shipping', 'delivered', 'released')),
      ship_to jsonb,
      primary key (tenant_id, order_id)
    );
    create index reservations_customer on ${schema}.reservations (tenant_id, customer_id);

    create table ${schema}.allocations (
      tenant_id text not null,
      order_id uuid not null,
      product_id uuid not null,
      warehouse_id uuid not null,
      quantity int not null check (quantity > 0),
      primary key (tenant_id, order_id, product_id, warehouse_id),
      foreign key (tenant_id, order_id) references ${schema}.reservations deferrable initially deferred
    );

    create table ${schema}.shipments (
      tenant_id text not null,
      id uuid not null,
      order_id uuid not null,
      warehouse_id uuid not null,
      status text not null check (status in ('prepared', 'dispatched', 'delivered', 'voided')),
      is_presumed boolean not null,
      prepared_at timestamptz not null,
      dispatched_at timestamptz,
      delivered_at timestamptz,
      primary key (tenant_id, id),
      unique (tenant_id, order_id, warehouse_id),
      foreign key (tenant_id, order_id) references ${schema}.reservations deferrable initially deferred
    );
    create index shipments_status on ${schema}.shipments (tenant_id, status, id);
  `,
};
