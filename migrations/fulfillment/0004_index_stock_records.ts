import type { Migration } from '../migration.ts';

/** What happened to one product's stock is asked for page by page. */
export const indexStockRecords: Migration = {
  name: '0004_index_stock_records',
  sql: (schema) => `
    create index stock_receipts_product on ${schema}.stock_receipts (tenant_id, product_id, id);
    create index stock_adjustments_product on ${schema}.stock_adjustments (tenant_id, product_id, id);
  `,
};
