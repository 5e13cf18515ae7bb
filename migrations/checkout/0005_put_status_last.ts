import type { Migration } from '../migration.ts';

/** What changes of an order stands together at the end of its row: WAL repeats only what lies between the first and the last change. */
export const putStatusLast: Migration = {
  name: '0005_put_status_last',
  sql: (schema) => `
    alter table ${schema}.orders rename column status to status_before;
    alter table ${schema}.orders
      add column status text check (status in ('placed', 'confirmed', 'shipped', 'completed', 'cancelled'));
    update ${schema}.orders set status = status_before;
    alter table ${schema}.orders alter column status set not null, drop column status_before;
  `,
};
