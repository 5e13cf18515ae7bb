import type { ProductId } from '#shared-kernel/ids';
import { DiscontinuedPart, PartListedTwice, PartUnknown } from './errors.ts';
import type { Product } from './product.ts';

/** So many pieces of a product, built into one piece of another. */
export interface Part {
  readonly productId: ProductId;
  readonly quantity: number;
}

/** Parts lists by the assembly they belong to; a product without one is absent. */
export type PartsLists = ReadonlyMap<ProductId, readonly Part[]>;

export const isSameList = (a: readonly Part[], b: readonly Part[]): boolean =>
  a.length === b.length &&
  a.every(({ productId, quantity }, at) => productId === b[at]!.productId && quantity === b[at]!.quantity);

/** @throws {PartListedTwice} */
export function assertEachOnce(parts: readonly Part[]): void {
  const seen = new Set<ProductId>();
  for (const { productId } of parts) {
    if (seen.has(productId)) throw new PartListedTwice(productId);
    seen.add(productId);
  }
}

/**
 * A discontinued part may stay where it is, but does not come in anew.
 * @throws {PartUnknown} {@link DiscontinuedPart}
 */
export function assertBuildable(parts: readonly Part[], before: readonly Part[], known: readonly Product[]): void {
  const products = new Map(known.map((product) => [product.id, product]));
  const builtInBefore = new Set(before.map(({ productId }) => productId));
  for (const { productId } of parts) {
    const product = products.get(productId);
    if (!product) throw new PartUnknown(productId);
    if (product.status === 'discontinued' && !builtInBefore.has(productId)) throw new DiscontinuedPart(productId);
  }
}

/**
 * The shortest way from an assembly down to itself that these parts would make, both ends included.
 * `below` holds the lists of the parts and of everything built into them.
 */
export function findCycle(
  assembly: ProductId,
  parts: readonly Part[],
  below: PartsLists,
): readonly ProductId[] | undefined {
  const builtInto = new Map(parts.map(({ productId }) => [productId, assembly]));
  // What is added while the map is walked is walked too: the parts first, then theirs, each once.
  for (const productId of builtInto.keys()) {
    if (productId === assembly) return wayDownTo(assembly, builtInto);
    for (const part of below.get(productId) ?? []) {
      if (!builtInto.has(part.productId)) builtInto.set(part.productId, productId);
    }
  }
}

function wayDownTo(assembly: ProductId, builtInto: ReadonlyMap<ProductId, ProductId>): readonly ProductId[] {
  const way = [assembly];
  do way.unshift(builtInto.get(way[0]!)!);
  while (way[0] !== assembly);
  return way;
}
