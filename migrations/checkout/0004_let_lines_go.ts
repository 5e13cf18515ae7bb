import type { Migration } from '../migration.ts';

/** The lines of an order are written with it, and by nobody else (ADR 21). */
export const letLinesGo: Migration = {
  name: '0004_let_lines_go',
  sql: (schema) => `alter table ${schema}.order_lines drop constraint order_lines_tenant_id_order_id_fkey;`,
};
