import type { ProductId, WarehouseId } from '#shared-kernel/ids';
import { noStock, type StockLevel, totalAvailable } from './stock.ts';

/** Pieces of a product that come to, or leave, or are set aside in a warehouse. */
export interface StockChange {
  readonly productId: ProductId;
  readonly warehouseId: WarehouseId;
  readonly quantity: number;
}

/** The levels as they are after the changes. @throws what the change throws */
export function applyChanges(
  levels: readonly StockLevel[],
  changes: readonly StockChange[],
  change: (level: StockLevel, quantity: number) => StockLevel,
): readonly StockLevel[] {
  const current = new Map(levels.map((level) => [placeOf(level), level]));
  for (const { productId, warehouseId, quantity } of changes) {
    const place = placeOf({ productId, warehouseId });
    current.set(place, change(current.get(place) ?? noStock(productId, warehouseId), quantity));
  }
  return [...current.values()];
}

const placeOf = ({ productId, warehouseId }: Pick<StockLevel, 'productId' | 'warehouseId'>) =>
  `${productId} ${warehouseId}`;

/** The products that had run out before and are available after. */
export function backInStock(before: readonly StockLevel[], after: readonly StockLevel[]): ProductId[] {
  const levelsBefore = Map.groupBy(before, ({ productId }) => productId);
  const levelsAfter = Map.groupBy(after, ({ productId }) => productId);
  return [...levelsAfter]
    .filter(([id, levels]) => totalAvailable(levels) > 0 && totalAvailable(levelsBefore.get(id) ?? []) === 0)
    .map(([id]) => id);
}
