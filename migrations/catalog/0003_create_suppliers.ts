import type { Migration } from '../migration.ts';

export const createSuppliers: Migration = {
  name: '0003_create_suppliers',
  sql: (schema) => `
    create table ${schema}.suppliers (
      tenant_id text not null,
      id uuid not null,
      name text not null,
      account_number text,
      credit_rating int,
      is_active boolean not null,
      url text,
      version int not null default 1,
      primary key (tenant_id, id),
      constraint suppliers_account_number unique (tenant_id, account_number)
    );

    create table ${schema}.supplies (
      tenant_id text not null,
      product_id uuid not null,
      supplier_id uuid not null,
      price numeric(19, 4) not null check (price >= 0),
      currency text not null,
      lead_time_days int not null,
      min_order_quantity int,
      max_order_quantity int check (max_order_quantity >= min_order_quantity),
      unit text,
      version int not null default 1,
      primary key (tenant_id, product_id, supplier_id),
      foreign key (tenant_id, product_id) references ${schema}.products deferrable initially deferred,
      foreign key (tenant_id, supplier_id) references ${schema}.suppliers deferrable initially deferred
    );
    create index supplies_supplier on ${schema}.supplies (tenant_id, supplier_id, product_id);
  `,
};
