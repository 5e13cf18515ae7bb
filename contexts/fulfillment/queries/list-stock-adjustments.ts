import { z } from 'zod';
import { ProductId, WarehouseId } from '#shared-kernel/ids';
import { Instant } from '#shared-kernel/instant';
import { type Page, PageRequest } from '#shared-kernel/page';
import type { FulfillmentScope } from '../ports.ts';

/** A difference between what was thought to be on hand and what was counted, or written off. */
export const StockAdjustmentView = z.object({
  id: z.uuid(),
  productId: ProductId,
  warehouseId: WarehouseId,
  difference: z.int(),
  reason: z.string(),
  adjustedAt: Instant,
});
export type StockAdjustmentView = z.output<typeof StockAdjustmentView>;

export const ListStockAdjustments = PageRequest.extend({ productId: ProductId.optional() });
export type ListStockAdjustments = z.output<typeof ListStockAdjustments>;

export const listStockAdjustments = (
  { stockRecords }: FulfillmentScope,
  { productId, ...page }: ListStockAdjustments,
): Promise<Page<StockAdjustmentView>> => stockRecords.listAdjustments(page, { productId });
