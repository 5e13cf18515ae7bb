import { z } from 'zod';
import { ProductListed } from '#events/catalog';
import { newId, ProductId } from '#shared-kernel/ids';
import { Price } from '#shared-kernel/money';
import { Sku, TaxClass } from '#shared-kernel/product';
import { text } from '#shared-kernel/text';
import { ListedOtherwise } from '../domain/errors.ts';
import { isSameListing, list, type Listing, type Product } from '../domain/product.ts';
import type { CatalogScope } from '../ports.ts';

export const ListProduct = z.strictObject({
  productId: ProductId.optional().describe(
    'Of a product that was numbered elsewhere, so that an import may be run again.',
  ),
  sku: Sku,
  name: text(200),
  description: text(4000).or(z.literal('')).default(''),
  category: text(100).nullable().default(null),
  price: Price,
  taxClass: TaxClass,
  isForSale: z.boolean(),
});
export type ListProduct = z.output<typeof ListProduct>;

/**
 * Takes a product into the catalogue. Listing it again under its id, with the same data, changes nothing.
 * @throws {SkuTaken} {@link ListedOtherwise}
 */
export async function listProduct({ products, publish }: CatalogScope, command: ListProduct): Promise<ProductId> {
  const { productId = newId(ProductId), ...listing } = command;
  const known = await products.find(productId);
  if (known) return sameAs(known, listing);
  const product = list(productId, listing);
  await products.add(product);
  publish(ProductListed(published(product)));
  return productId;
}

/** What others learn of a product. */
export const published = ({ id, sku, name, description, price, taxClass, isForSale }: Product) => ({
  productId: id,
  sku,
  name,
  description,
  price,
  taxClass,
  isForSale,
});

function sameAs(known: Product, listing: Listing): ProductId {
  if (!isSameListing(known, listing)) throw new ListedOtherwise(known.id);
  return known.id;
}
