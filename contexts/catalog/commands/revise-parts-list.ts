import { z } from 'zod';
import { PartsListRevised } from '#events/catalog';
import { ProductId } from '#shared-kernel/ids';
import { Quantity } from '#shared-kernel/quantity';
import { PartsListCycle } from '../domain/errors.ts';
import { assertBuildable, assertEachOnce, findCycle, isSameList } from '../domain/parts-list.ts';
import type { CatalogScope } from '../ports.ts';

export const RevisePartsList = z.strictObject({
  productId: ProductId,
  parts: z.array(z.strictObject({ productId: ProductId, quantity: Quantity })).max(1000),
});
export type RevisePartsList = z.output<typeof RevisePartsList>;

/**
 * Says anew what an assembly is built of. Revisions wait for each other, so that no two make a cycle together.
 * @throws {ProductNotFound} {@link PartListedTwice} {@link PartUnknown} {@link DiscontinuedPart} {@link PartsListCycle}
 */
export async function revisePartsList(scope: CatalogScope, { productId, parts }: RevisePartsList): Promise<void> {
  const { products, partsLists, publish } = scope;
  await partsLists.hold();
  await products.get(productId);
  const before = await partsLists.get(productId);
  if (isSameList(before, parts)) return;
  const partIds = parts.map((part) => part.productId);
  assertEachOnce(parts);
  assertBuildable(parts, before, await products.findAll(partIds));
  await assertNoCycle(scope, { productId, parts });
  await partsLists.save(productId, parts);
  publish(PartsListRevised({ productId, parts }));
}

async function assertNoCycle(
  { products, partsLists }: CatalogScope,
  { productId, parts }: RevisePartsList,
): Promise<void> {
  const below = await partsLists.below(parts.map((part) => part.productId));
  const cycle = findCycle(productId, parts, below);
  if (!cycle) return;
  const skus = new Map((await products.findAll(cycle)).map(({ id, sku }) => [id, sku]));
  throw new PartsListCycle(cycle.map((id) => ({ id, sku: skus.get(id)! })));
}
