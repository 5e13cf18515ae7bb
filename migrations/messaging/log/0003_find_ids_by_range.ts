import type { Migration } from '../../migration.ts';

/** Ids come in the order of their time, and are looked for by people only (ADR 22). */
export const findIdsByRange: Migration = {
  name: '0003_find_ids_by_range',
  sql: (schema) => `
    drop index ${schema}.log_id;
    create index log_id on ${schema}.log using brin (id) with (pages_per_range = 32, autosummarize = on);
  `,
};
