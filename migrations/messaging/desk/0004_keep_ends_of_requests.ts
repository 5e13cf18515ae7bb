import type { Migration } from '../../migration.ts';

/** How a call ended is kept until it is recorded, however often that fails; and an operation may be on a request. */
export const keepEndsOfRequests: Migration = {
  name: 'messaging_0004_keep_ends_of_requests',
  sql: (schema) => `
    alter table ${schema}.request
      add column recordings int not null default 0,
      add column recording_error text,
      add column is_dead boolean not null default false;
    alter table ${schema}.operation add column request_id text;
  `,
};
