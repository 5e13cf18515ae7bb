import type { ProductId } from '#shared-kernel/ids';
import { isSame, type Money } from '#shared-kernel/money';
import type { TaxClass } from '#shared-kernel/product';
import { ProductIsDiscontinued } from './errors.ts';
import { revised, type RevisionOf } from './revision.ts';

/** One measured or described trait: `{ name: 'Weight', value: '2.68', unit: 'kg' }`. */
export interface Specification {
  readonly name: string;
  readonly value: string;
  readonly unit: string | null;
}

/** What is said of a product to whoever may buy it or build it in. */
export interface Listing {
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly category: string | null;
  readonly price: Money;
  readonly taxClass: TaxClass;
  /** False for a part that is built in, never sold by itself. */
  readonly isForSale: boolean;
}

export type ProductStatus = 'listed' | 'discontinued';

/** The full record of what the company builds, sells or builds in. */
export interface Product extends Listing {
  readonly id: ProductId;
  readonly specifications: readonly Specification[];
  readonly status: ProductStatus;
}

export const list = (id: ProductId, listing: Listing): Product => ({
  ...listing,
  id,
  specifications: [],
  status: 'listed',
});

/** The same product when nothing is said anew. @throws {ProductIsDiscontinued} */
export function revise(product: Product, revision: RevisionOf<Omit<Listing, 'sku'>>): Product {
  if (product.status === 'discontinued') throw new ProductIsDiscontinued(product.id);
  const revisedProduct = revised<Product>(product, revision);
  return isSameListing(product, revisedProduct) ? product : revisedProduct;
}

export const discontinue = (product: Product): Product => ({ ...product, status: 'discontinued' });

export const isSameListing = (a: Listing, b: Listing): boolean =>
  a.sku === b.sku &&
  a.name === b.name &&
  a.description === b.description &&
  a.category === b.category &&
  isSame(a.price, b.price) &&
  a.taxClass === b.taxClass &&
  a.isForSale === b.isForSale;
