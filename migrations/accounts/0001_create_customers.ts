import type { Migration } from '../migration.ts';

export const createCustomers: Migration = {
  name: '0001_create_customers',
  sql: (schema) => `
    create table ${schema}.customers (
      tenant_id text not null,
      id uuid not null,
      status text not null check (status in ('active', 'erased')),
      name text,
      email text check (email = lower(email)),
      language text,
      roles jsonb not null,
      registered_at timestamptz not null,
      version int not null default 1,
      primary key (tenant_id, id),
      constraint customers_email unique (tenant_id, email),
      constraint customers_personal check (
        case status
          when 'active' then num_nulls(name, email, language) = 0
          else num_nonnulls(name, email, language) = 0 and roles = '[]'
        end
      )
    );

    create table ${schema}.credentials (
      tenant_id text not null,
      customer_id uuid not null,
      password_hash text not null,
      version int not null default 1,
      primary key (tenant_id, customer_id),
      foreign key (tenant_id, customer_id) references ${schema}.customers deferrable initially deferred
    );
  `,
};
