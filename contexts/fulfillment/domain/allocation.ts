import type { ProductId, WarehouseId } from '#shared-kernel/ids';
import { available, type StockLevel, totalAvailable } from './stock.ts';

/** Pieces of a product, and the warehouse they come from. */
export interface Allocation {
  readonly productId: ProductId;
  readonly warehouseId: WarehouseId;
  readonly quantity: number;
}

/** A product of which there is less than is wanted. */
interface Shortage {
  readonly productId: ProductId;
  readonly requested: number;
  readonly available: number;
}

export interface Wanted {
  readonly productId: ProductId;
  readonly quantity: number;
}

/** Where all of it comes from, or, where nothing is to be had, everything that is short. */
export interface Decision {
  readonly allocations: readonly Allocation[];
  readonly shortages: readonly Shortage[];
}

/**
 * All or nothing. A product comes from the warehouse that has most of it, and from the next ones only as far as that is not
 * enough; so it comes from one warehouse whenever one has enough. Equal questions have equal answers.
 */
export function allocateStock(wanted: readonly Wanted[], levels: readonly StockLevel[]): Decision {
  const levelsOf = Map.groupBy(levels, ({ productId }) => productId);
  const requests = joinLines(wanted).map((line) => ({ ...line, levels: levelsOf.get(line.productId) ?? [] }));
  const shortages = requests
    .map(({ productId, quantity, levels }) => ({ productId, requested: quantity, available: totalAvailable(levels) }))
    .filter(({ requested, available }) => requested > available);
  if (shortages.length > 0) return { allocations: [], shortages };
  return { allocations: requests.flatMap(({ quantity, levels }) => spread(quantity, levels)), shortages };
}

/** Lines of one product as one line. */
function joinLines(lines: readonly Wanted[]): Wanted[] {
  const total = new Map<ProductId, number>();
  for (const { productId, quantity } of lines) total.set(productId, (total.get(productId) ?? 0) + quantity);
  return [...total].map(([productId, quantity]) => ({ productId, quantity }));
}

function spread(quantity: number, levels: readonly StockLevel[]): Allocation[] {
  let missing = quantity;
  return levels
    .toSorted((a, b) => available(b) - available(a) || (a.warehouseId < b.warehouseId ? -1 : 1))
    .map((level) => {
      const taken = Math.min(missing, available(level));
      missing -= taken;
      return { productId: level.productId, warehouseId: level.warehouseId, quantity: taken };
    })
    .filter(({ quantity }) => quantity > 0);
}
