import type { Migration } from '../migration.ts';

/** Allocations and shipments are written under the lock of their reservation, and by nobody else (ADR 21). */
export const letPartsGo: Migration = {
  name: '0005_let_parts_go',
  sql: (schema) => `
    alter table ${schema}.allocations drop constraint allocations_tenant_id_order_id_fkey;
    alter table ${schema}.shipments drop constraint shipments_tenant_id_order_id_fkey;
  `,
};
