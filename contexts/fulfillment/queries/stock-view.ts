import { z } from 'zod';
import { ProductId, WarehouseId } from '#shared-kernel/ids';
import type { Product } from '../domain/product.ts';
import { available, type StockLevel } from '../domain/stock.ts';

const Pieces = z.object({
  onHand: z.int().describe('Includes what is reserved.'),
  reserved: z.int(),
  available: z.int().describe('On hand less reserved: what can still be ordered.'),
});

/** How many pieces of a product there are, in all and per warehouse. */
export const StockView = Pieces.extend({
  productId: ProductId,
  sku: z.string(),
  label: z.string(),
  warehouses: z.array(Pieces.extend({ warehouseId: WarehouseId })),
});
export type StockView = z.output<typeof StockView>;

export function viewStock({ id, sku, label }: Product, levels: readonly StockLevel[]): StockView {
  const onHand = levels.reduce((sum, level) => sum + level.onHand, 0);
  const reserved = levels.reduce((sum, level) => sum + level.reserved, 0);
  const warehouses = levels.map((level) => ({
    warehouseId: level.warehouseId,
    onHand: level.onHand,
    reserved: level.reserved,
    available: available(level),
  }));
  return { productId: id, sku, label, onHand, reserved, available: available({ onHand, reserved }), warehouses };
}
