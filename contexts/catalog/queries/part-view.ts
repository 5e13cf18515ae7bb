import { z } from 'zod';
import { ProductId } from '#shared-kernel/ids';
import type { Part } from '../domain/parts-list.ts';
import type { CatalogScope } from '../ports.ts';

/** So many pieces of a product, by its name. */
export const PartView = z.object({ productId: ProductId, sku: z.string(), name: z.string(), quantity: z.int() });
export type PartView = z.output<typeof PartView>;

/** How products are named. */
export type NameOf = (productId: ProductId) => Pick<PartView, 'sku' | 'name'>;

export async function namesOf({ products }: CatalogScope, ids: Iterable<ProductId>): Promise<NameOf> {
  const known = new Map((await products.findAll([...ids])).map(({ id, sku, name }) => [id, { sku, name }]));
  return (id) => known.get(id)!;
}

export async function viewParts(scope: CatalogScope, parts: readonly Part[]): Promise<PartView[]> {
  const nameOf = await namesOf(
    scope,
    parts.map(({ productId }) => productId),
  );
  return parts.map(({ productId, quantity }) => ({ productId, ...nameOf(productId), quantity }));
}
