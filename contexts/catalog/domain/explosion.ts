import type { ProductId } from '#shared-kernel/ids';
import { QuantityTooLarge } from './errors.ts';
import type { PartsLists } from './parts-list.ts';

/** A part in its place: on several ways down it has several places. */
export interface PlacedPart {
  readonly productId: ProductId;
  /** 1: built in directly. */
  readonly level: number;
  /** Pieces for one piece of what it is built into. */
  readonly quantityPer: number;
  /** Pieces in this place, for all that is to be built. */
  readonly quantity: number;
}

/**
 * How many pieces of every part, at any depth, so many pieces of a product take; a part on several ways down adds up.
 * `below` holds the lists of the product and of everything built into it, and no others.
 * @throws {QuantityTooLarge}
 */
export function totalQuantities(
  productId: ProductId,
  pieces: number,
  below: PartsLists,
): ReadonlyMap<ProductId, number> {
  const totals = new Map([[productId, BigInt(pieces)]]);
  for (const assembly of assembliesFirst(productId, below)) {
    for (const part of below.get(assembly) ?? []) {
      const more = totals.get(assembly)! * BigInt(part.quantity);
      totals.set(part.productId, (totals.get(part.productId) ?? 0n) + more);
    }
  }
  totals.delete(productId);
  return new Map([...totals].map(([id, total]) => [id, toNumber(id, total)]));
}

/** Every part in every place, each right below what it is built into; made one by one, as there may be very many. */
export function* placedParts(productId: ProductId, pieces: number, below: PartsLists): Generator<PlacedPart> {
  const ahead = builtInto({ productId, level: 0, quantity: pieces }, below);
  for (let next = ahead.pop(); next; next = ahead.pop()) {
    yield next;
    ahead.push(...builtInto(next, below));
  }
}

/** Last part first. */
const builtInto = ({ productId, level, quantity }: Omit<PlacedPart, 'quantityPer'>, below: PartsLists): PlacedPart[] =>
  (below.get(productId) ?? [])
    .map((part) => ({
      productId: part.productId,
      level: level + 1,
      quantityPer: part.quantity,
      quantity: quantity * part.quantity,
    }))
    .toReversed();

/** Every product after all that it is built into (Kahn's topological order). */
function assembliesFirst(productId: ProductId, below: PartsLists): readonly ProductId[] {
  const uses = new Map<ProductId, number>();
  for (const part of [...below.values()].flat()) uses.set(part.productId, (uses.get(part.productId) ?? 0) + 1);
  const ordered = [productId];
  // What is appended while the list is walked is walked too.
  for (const assembly of ordered) {
    for (const part of below.get(assembly) ?? []) {
      const left = uses.get(part.productId)! - 1;
      uses.set(part.productId, left);
      if (left === 0) ordered.push(part.productId);
    }
  }
  return ordered;
}

function toNumber(productId: ProductId, total: bigint): number {
  if (total > BigInt(Number.MAX_SAFE_INTEGER)) throw new QuantityTooLarge(productId);
  return Number(total);
}
