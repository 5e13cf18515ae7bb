import { ProductBackInStock } from '#events/fulfillment';
import type { StockLevel } from '../domain/stock.ts';
import { applyChanges, backInStock, type StockChange } from '../domain/stock-change.ts';
import type { FulfillmentScope } from '../ports.ts';

/** Changes levels that exist, and says so when a product is available again. @throws what the change throws */
export async function changeStock(
  { stock, publish }: FulfillmentScope,
  changes: readonly StockChange[],
  change: (level: StockLevel, quantity: number) => StockLevel,
): Promise<void> {
  const before = await stock.lock(changes.map(({ productId }) => productId));
  const after = applyChanges(before, changes, change);
  const unchanged = new Set(before);
  for (const level of after) if (!unchanged.has(level)) await stock.save(level);
  for (const productId of backInStock(before, after)) publish(ProductBackInStock({ productId }));
}
