import { z } from 'zod';
import { ProductId } from '#shared-kernel/ids';
import { placedParts, totalQuantities } from '../domain/explosion.ts';
import type { CatalogScope } from '../ports.ts';
import { namesOf, PartView } from './part-view.ts';

const PIECES = { error: 'must be a whole number from 1 to 1,000,000' };

export const ExplodePartsList = z.strictObject({
  productId: ProductId,
  quantity: z.coerce
    .number(PIECES)
    .int(PIECES)
    .min(1, PIECES)
    .max(1_000_000, PIECES)
    .default(1)
    .describe('How many pieces are to be built.'),
});
export type ExplodePartsList = z.output<typeof ExplodePartsList>;

/** Quantities are for all pieces that are to be built. */
const ExplodedPart = PartView.extend({
  isAssembly: z.boolean().describe('Built of parts itself; bought otherwise.'),
});

/** Everything that so many pieces of a product take, at any depth. */
export const PartsExplosionView = z.object({
  productId: ProductId,
  quantity: z.int(),
  totals: z.array(ExplodedPart).describe('Each part once, by sku.'),
  tree: z
    .array(ExplodedPart.extend({ level: z.int(), quantityPer: z.int() }))
    .describe('Each part in every place, right below what it is built into: level 1 is built in directly.'),
  isTreeCut: z
    .boolean()
    .describe('The tree ends early because it has too many places; the totals are whole all the same.'),
});
export type PartsExplosionView = z.output<typeof PartsExplosionView>;

const MOST_PLACES = 10_000;

/** @throws {ProductNotFound} {@link QuantityTooLarge} */
export async function explodePartsList(
  scope: CatalogScope,
  { productId, quantity }: ExplodePartsList,
): Promise<PartsExplosionView> {
  await scope.products.get(productId);
  const below = await scope.partsLists.below([productId]);
  const totals = totalQuantities(productId, quantity, below);
  const nameOf = await namesOf(scope, totals.keys());
  const view = (id: ProductId) => ({ productId: id, ...nameOf(id), isAssembly: below.has(id) });
  const places = placedParts(productId, quantity, below)
    .take(MOST_PLACES + 1)
    .toArray();
  return {
    productId,
    quantity,
    totals: [...totals].map(([id, total]) => ({ ...view(id), quantity: total })).toSorted(bySku),
    tree: places.slice(0, MOST_PLACES).map((place) => ({ ...place, ...view(place.productId) })),
    isTreeCut: places.length > MOST_PLACES,
  };
}

const bySku = (a: PartView, b: PartView) => (a.sku < b.sku ? -1 : 1);
