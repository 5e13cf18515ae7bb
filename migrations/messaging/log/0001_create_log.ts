import type { Migration } from '../../migration.ts';

/** The outbox log: append-only, no status, no updates, no deletes. One per database. */
export const createLog: Migration = {
  name: '0001_create_log',
  sql: (schema) => `
    create table ${schema}.log (
      position bigint generated always as identity (cache 1),
      id uuid not null,
      type text not null,
      version int not null,
      tenant_id text not null,
      key text,
      data json not null,
      occurred_at timestamptz not null,
      recorded_at timestamptz not null default clock_timestamp(),
      correlation_id uuid not null,
      causation_id uuid not null,
      traceparent text,
      actor text not null,
      source text not null
    ) partition by range (position);
    create index log_position on ${schema}.log (position);
    create index log_id on ${schema}.log (id);
    create index log_correlation_id on ${schema}.log (correlation_id);
    create table ${schema}.log_0 partition of ${schema}.log for values from (minvalue) to (1000000);

    create table ${schema}.log_identity (
      singleton boolean primary key default true check (singleton),
      log_id uuid not null default gen_random_uuid(),
      floor bigint not null default 0
    );
    insert into ${schema}.log_identity default values;
  `,
};
