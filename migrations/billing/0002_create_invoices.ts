import type { Migration } from '../migration.ts';

export const createInvoices: Migration = {
  name: '0002_create_invoices',
  sql: (schema) => `
    create table ${schema}.invoices (
      tenant_id text not null,
      id uuid not null,
      number text not null,
      order_id uuid not null,
      customer_id uuid not null,
      status text not null check (status in ('issued', 'paid', 'declined', 'void', 'refunded')),
      reason text,
      refund_requested boolean not null,
      currency text not null,
      subtotal numeric(19, 4) not null,
      tax numeric(19, 4) not null,
      freight numeric(19, 4) not null,
      total numeric(19, 4) not null,
      captured numeric(19, 4) not null check (captured in (0, total)),
      refunded numeric(19, 4) not null check (refunded in (0, captured)),
      capture_reference text,
      bill_to jsonb not null,
      tax_id text,
      issued_at timestamptz not null,
      version int not null default 1,
      primary key (tenant_id, id),
      unique (tenant_id, order_id),
      unique (tenant_id, number)
    );
    create index invoices_customer on ${schema}.invoices (tenant_id, customer_id, id);

    create table ${schema}.invoice_lines (
      tenant_id text not null,
      invoice_id uuid not null,
      line_number int not null,
      sku text not null,
      name text not null,
      tax_class text not null,
      quantity int not null check (quantity > 0),
      unit_price numeric(19, 4) not null,
      discount numeric(5, 4) not null,
      tax numeric(19, 4) not null,
      primary key (tenant_id, invoice_id, line_number),
      foreign key (tenant_id, invoice_id) references ${schema}.invoices deferrable initially deferred
    );
  `,
};
