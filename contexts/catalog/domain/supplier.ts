import type { ProductId, SupplierId } from '#shared-kernel/ids';
import { isSame, type Money } from '#shared-kernel/money';

/** Somebody who may supply parts. */
export interface Supplier {
  readonly id: SupplierId;
  readonly name: string;
  /** What our books know the supplier by. */
  readonly accountNumber: string | null;
  /** 1 (superior) to 5 (below average). */
  readonly creditRating: number | null;
  readonly isActive: boolean;
  readonly url: string | null;
}

/** The terms on which a supplier supplies a product. */
export interface Supply {
  readonly supplierId: SupplierId;
  readonly productId: ProductId;
  readonly price: Money;
  readonly leadTimeDays: number;
  readonly minOrderQuantity: number | null;
  readonly maxOrderQuantity: number | null;
  /** What the price and the quantities count: `EA`, `CTN`. */
  readonly unit: string | null;
}

export const areSameTerms = (a: Supply, b: Supply): boolean =>
  isSame(a.price, b.price) &&
  a.leadTimeDays === b.leadTimeDays &&
  a.minOrderQuantity === b.minOrderQuantity &&
  a.maxOrderQuantity === b.maxOrderQuantity &&
  a.unit === b.unit;
