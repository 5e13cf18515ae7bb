import type { ProductId } from '#shared-kernel/ids';
import { StockNotFound } from '../domain/errors.ts';
import type { FulfillmentScope } from '../ports.ts';
import { type StockView, viewStock } from './stock-view.ts';

/** @throws {StockNotFound} for a product that is not in the catalogue */
export async function getStock({ products, stock }: FulfillmentScope, productId: ProductId): Promise<StockView> {
  const [product] = await products.findAll([productId]);
  if (!product) throw new StockNotFound(productId);
  return viewStock(product, await stock.findAll([productId]));
}
