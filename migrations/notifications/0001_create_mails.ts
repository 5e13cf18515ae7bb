import type { Migration } from '../migration.ts';

export const createMails: Migration = {
  name: '0001_create_mails',
  sql: (schema) => `
    create table ${schema}.mails (
      tenant_id text not null,
      id uuid not null,
      customer_id uuid not null,
      order_id uuid not null,
      template text not null,
      subject text not null,
      state text not null check (state in ('waiting', 'sent', 'failed')),
      written_at timestamptz not null,
      version int not null default 1,
      primary key (tenant_id, id)
    );
    create index mails_time on ${schema}.mails (tenant_id, written_at, id);
    create index mails_customer on ${schema}.mails (tenant_id, customer_id, written_at, id);
    create index mails_order on ${schema}.mails (tenant_id, order_id, written_at, id);
  `,
};
