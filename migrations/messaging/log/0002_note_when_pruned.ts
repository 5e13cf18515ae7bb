import type { Migration } from '../../migration.ts';

/** One process a day prunes: whoever sets this first. */
export const noteWhenPruned: Migration = {
  name: '0002_note_when_pruned',
  sql: (schema) => `alter table ${schema}.log_identity add column pruned_at timestamptz;`,
};
