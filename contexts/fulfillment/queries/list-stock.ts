import type { z } from 'zod';
import { type Page, PageRequest } from '#shared-kernel/page';
import type { FulfillmentScope } from '../ports.ts';
import { type StockView, viewStock } from './stock-view.ts';

export const ListStock = PageRequest;
export type ListStock = z.output<typeof ListStock>;

/** Every product of the catalogue, those that ran out included. */
export async function listStock({ products, stock }: FulfillmentScope, page: ListStock): Promise<Page<StockView>> {
  const { items, next } = await products.list(page);
  const levels = await stock.findAll(items.map(({ id }) => id));
  const levelsOf = Map.groupBy(levels, ({ productId }) => productId);
  return { items: items.map((product) => viewStock(product, levelsOf.get(product.id) ?? [])), next };
}
