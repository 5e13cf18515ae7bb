import type { ProductId, WarehouseId } from '#shared-kernel/ids';
import { NotEnoughAvailable } from './errors.ts';

/** How many pieces of a product are in a warehouse. */
export interface StockLevel {
  readonly productId: ProductId;
  readonly warehouseId: WarehouseId;
  /** Includes what is reserved. */
  readonly onHand: number;
  readonly reserved: number;
}

export const noStock = (productId: ProductId, warehouseId: WarehouseId): StockLevel => ({
  productId,
  warehouseId,
  onHand: 0,
  reserved: 0,
});

export const available = ({ onHand, reserved }: Pick<StockLevel, 'onHand' | 'reserved'>): number => onHand - reserved;

export const totalAvailable = (levels: readonly StockLevel[]): number =>
  levels.reduce((sum, level) => sum + available(level), 0);

export const receive = (level: StockLevel, quantity: number): StockLevel => ({
  ...level,
  onHand: level.onHand + quantity,
});

/** Corrects what is on hand, but never below what is reserved. @throws {NotEnoughAvailable} */
export function adjust(level: StockLevel, difference: number): StockLevel {
  if (-difference > available(level)) throw shortOf(level);
  return { ...level, onHand: level.onHand + difference };
}

/** Sets available pieces aside. @throws {NotEnoughAvailable} */
export function reserve(level: StockLevel, quantity: number): StockLevel {
  if (quantity > available(level)) throw shortOf(level);
  return { ...level, reserved: level.reserved + quantity };
}

/** Makes reserved pieces available again. */
export const release = (level: StockLevel, quantity: number): StockLevel => ({
  ...level,
  reserved: level.reserved - quantity,
});

/** Reserved pieces leave the warehouse. */
export const ship = (level: StockLevel, quantity: number): StockLevel => ({
  ...level,
  onHand: level.onHand - quantity,
  reserved: level.reserved - quantity,
});

const shortOf = (level: StockLevel) => new NotEnoughAvailable(level.productId, level.warehouseId, available(level));
