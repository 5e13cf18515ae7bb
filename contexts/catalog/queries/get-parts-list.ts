import { z } from 'zod';
import { ProductId } from '#shared-kernel/ids';
import type { CatalogScope } from '../ports.ts';
import { PartView, viewParts } from './part-view.ts';

/** What one piece of a product is built of, directly; nothing for a part that is bought. */
export const PartsListView = z.object({ productId: ProductId, parts: z.array(PartView) });
export type PartsListView = z.output<typeof PartsListView>;

/** @throws {ProductNotFound} */
export async function getPartsList(scope: CatalogScope, productId: ProductId): Promise<PartsListView> {
  await scope.products.get(productId);
  return { productId, parts: await viewParts(scope, await scope.partsLists.get(productId)) };
}
