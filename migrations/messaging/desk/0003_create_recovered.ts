import type { Migration } from '../../migration.ts';

/** Events that were set aside and handled later: what it took. And an operation is looked for by its event. */
export const createRecovered: Migration = {
  name: 'messaging_0003_create_recovered',
  sql: (schema) => `
    create table ${schema}.recovered (
      tenant_id text not null,
      lane_id bigint not null references ${schema}.lane,
      position bigint not null,
      attempts int not null,
      error text,
      recovered_at timestamptz not null default now(),
      primary key (tenant_id, lane_id, position)
    );
    create index operation_event on ${schema}.operation (event_id);
  `,
};
