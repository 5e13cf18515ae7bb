import type { Migration } from '../migration.ts';

/** Whom to write to, and whom never again: the row of somebody erased has neither address nor language. */
export const createCustomers: Migration = {
  name: '0002_create_customers',
  sql: (schema) => `
    create table ${schema}.customers (
      tenant_id text not null,
      id uuid not null,
      email text,
      language text,
      version int not null default 1,
      primary key (tenant_id, id),
      check ((email is null) = (language is null))
    );
  `,
};
