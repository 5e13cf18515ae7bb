import type { Migration } from '../../migration.ts';

/** Whose key an operation was on, so that one that was cut short is known when it is given again. */
export const noteKeysOfOperations: Migration = {
  name: 'messaging_0002_note_keys_of_operations',
  sql: (schema) => `alter table ${schema}.operation add column tenant_id text, add column key text;`,
};
