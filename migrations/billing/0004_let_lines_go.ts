import type { Migration } from '../migration.ts';

/** The lines of an invoice are written with it, and by nobody else (ADR 21). */
export const letLinesGo: Migration = {
  name: '0004_let_lines_go',
  sql: (schema) => `alter table ${schema}.invoice_lines drop constraint invoice_lines_tenant_id_invoice_id_fkey;`,
};
