import { z } from 'zod';
import { ProductId } from '#shared-kernel/ids';
import type { CatalogScope } from '../ports.ts';
import { PartView, viewParts } from './part-view.ts';

/** The assemblies that a product is built into directly, and how many pieces of it one piece of each takes. */
export const WhereUsedView = z.object({ productId: ProductId, assemblies: z.array(PartView) });
export type WhereUsedView = z.output<typeof WhereUsedView>;

/** @throws {ProductNotFound} */
export async function whereUsed(scope: CatalogScope, productId: ProductId): Promise<WhereUsedView> {
  await scope.products.get(productId);
  return { productId, assemblies: await viewParts(scope, await scope.partsLists.using(productId)) };
}
