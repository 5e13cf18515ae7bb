import type { Tables } from '#events/messaging/adapters/in-memory/tables';
import { type Page, type PageRequest, pageOf } from '#shared-kernel/page';
import type { StockAdjustment, StockReceipt } from '../../domain/stock-records.ts';
import type { StockRecordFilter, StockRecords } from '../../ports.ts';

export function createStockRecords(tables: Tables): StockRecords {
  const receipts = tables.table<StockReceipt>('stock_receipts');
  const adjustments = tables.table<StockAdjustment>('stock_adjustments');
  return {
    async addReceipt(receipt) {
      if (receipts.get(receipt.id)) return false;
      receipts.put(receipt.id, receipt);
      return true;
    },
    addAdjustment: async (adjustment) => adjustments.put(adjustment.id, adjustment),
    listReceipts: async (page, filter) => pageFrom(receipts.all(), page, filter),
    listAdjustments: async (page, filter) => pageFrom(adjustments.all(), page, filter),
  };
}

function pageFrom<Record extends StockReceipt | StockAdjustment>(
  all: readonly Record[],
  { limit, after }: PageRequest,
  { productId }: StockRecordFilter,
): Page<Record> {
  const found = all.filter((record) => (!productId || record.productId === productId) && (!after || record.id > after));
  return pageOf(
    found.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    limit,
    ({ id }) => id,
  );
}
