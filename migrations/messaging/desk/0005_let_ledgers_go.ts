import type { Migration } from '../../migration.ts';

/** A ledger row proves the one before it, and the first is written with its lane, which nobody deletes (ADR 21). */
export const letLedgersGo: Migration = {
  name: 'messaging_0005_let_ledgers_go',
  sql: (schema) => `alter table ${schema}.ledger drop constraint ledger_lane_id_fkey;`,
};
