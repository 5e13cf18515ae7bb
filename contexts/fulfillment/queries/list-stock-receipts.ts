import { z } from 'zod';
import { ProductId, WarehouseId } from '#shared-kernel/ids';
import { Instant } from '#shared-kernel/instant';
import { type Page, PageRequest } from '#shared-kernel/page';
import type { FulfillmentScope } from '../ports.ts';

/** Pieces that came into a warehouse from outside. */
export const StockReceiptView = z.object({
  id: z.uuid(),
  productId: ProductId,
  warehouseId: WarehouseId,
  quantity: z.int(),
  receivedAt: Instant,
});
export type StockReceiptView = z.output<typeof StockReceiptView>;

export const ListStockReceipts = PageRequest.extend({ productId: ProductId.optional() });
export type ListStockReceipts = z.output<typeof ListStockReceipts>;

export const listStockReceipts = (
  { stockRecords }: FulfillmentScope,
  { productId, ...page }: ListStockReceipts,
): Promise<Page<StockReceiptView>> => stockRecords.listReceipts(page, { productId });
