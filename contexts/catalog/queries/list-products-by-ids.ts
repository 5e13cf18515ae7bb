import { z } from 'zod';
import { ProductId } from '#shared-kernel/ids';
import type { CatalogScope } from '../ports.ts';
import { type ProductView, viewProduct } from './product-view.ts';

export const ListProductsByIds = z.strictObject({ ids: z.array(ProductId).max(1000) });
export type ListProductsByIds = z.output<typeof ListProductsByIds>;

/** Those of them that are known, discontinued or not, at once, in any order. */
export async function listProductsByIds(
  { products }: CatalogScope,
  { ids }: ListProductsByIds,
): Promise<readonly ProductView[]> {
  return (await products.findAll(ids)).map(viewProduct);
}
