import type { Migration } from '../../migration.ts';

/** A context's own part of the post office, beside its tables, so that it moves with them. */
export const createDesk: Migration = {
  name: 'messaging_0001_create_desk',
  sql: (schema) => `
    create table ${schema}.lane (
      id bigint primary key,
      names text[] not null,
      paused_because text,
      paused_at timestamptz,
      retired_at timestamptz,
      replay_until bigint not null default 0,
      replay_makes_calls boolean not null default false,
      created_at timestamptz not null default now()
    );

    create table ${schema}.ledger (
      lane_id bigint not null references ${schema}.lane,
      from_position bigint not null,
      to_position bigint not null,
      to_id uuid,
      recorded_at timestamptz not null default clock_timestamp(),
      primary key (lane_id, from_position)
    );

    create table ${schema}.trial (
      lane_id bigint primary key references ${schema}.lane,
      position bigint not null,
      starts int not null
    );

    create table ${schema}.parked (
      tenant_id text not null,
      lane_id bigint not null references ${schema}.lane,
      position bigint not null,
      recorded_at timestamptz not null,
      id uuid not null,
      type text not null,
      version int not null,
      key text,
      data json not null,
      occurred_at timestamptz not null,
      correlation_id uuid not null,
      causation_id uuid not null,
      traceparent text,
      actor text not null,
      source text not null,
      attempts int not null,
      error text,
      due_at timestamptz not null,
      is_dead boolean not null default false,
      parked_at timestamptz not null default now(),
      primary key (tenant_id, lane_id, position)
    );
    create index parked_key on ${schema}.parked (lane_id, tenant_id, key, position);

    create table ${schema}.request (
      tenant_id text not null,
      kind text not null,
      id text not null,
      key text,
      sequence bigint generated always as identity,
      payload json not null,
      execution json not null,
      state text not null default 'pending' check (state in ('pending', 'answered', 'failed', 'withheld')),
      attempts int not null,
      due_at timestamptz not null,
      leased_by text,
      answer json,
      error text,
      recorded_at timestamptz not null default now(),
      ended_at timestamptz,
      primary key (tenant_id, kind, id)
    );
    create index request_due on ${schema}.request (due_at) where state = 'pending';
    create index request_key on ${schema}.request (tenant_id, kind, key, sequence) where state = 'pending';

    create table ${schema}.scheduled (
      tenant_id text not null,
      name text not null,
      due_at timestamptz not null,
      id uuid not null,
      type text not null,
      version int not null,
      key text,
      data json not null,
      occurred_at timestamptz not null,
      correlation_id uuid not null,
      causation_id uuid not null,
      traceparent text,
      actor text not null,
      source text not null,
      primary key (tenant_id, name)
    );
    create index scheduled_due on ${schema}.scheduled (due_at);

    create table ${schema}.operation (
      id bigint generated always as identity primary key,
      at timestamptz not null default now(),
      actor text not null,
      action text not null,
      subscriber text not null,
      event_id uuid,
      reason text not null
    );

    create table ${schema}.idempotency (
      tenant_id text not null,
      operation text not null,
      key text not null,
      fingerprint text not null,
      result json not null,
      recorded_at timestamptz not null default now(),
      primary key (tenant_id, operation, key)
    );
  `,
};
