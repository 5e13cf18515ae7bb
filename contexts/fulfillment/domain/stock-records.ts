import type { ProductId, WarehouseId } from '#shared-kernel/ids';

/** Pieces that came into a warehouse from outside. */
export interface StockReceipt {
  readonly id: string;
  readonly productId: ProductId;
  readonly warehouseId: WarehouseId;
  readonly quantity: number;
  readonly receivedAt: Date;
}

/** A difference between what was thought and what was counted, or written off. */
export interface StockAdjustment {
  readonly id: string;
  readonly productId: ProductId;
  readonly warehouseId: WarehouseId;
  readonly difference: number;
  readonly reason: string;
  readonly adjustedAt: Date;
}
