import { z } from 'zod';
import { ProductRevised } from '#events/catalog';
import { ProductId } from '#shared-kernel/ids';
import { Price } from '#shared-kernel/money';
import { TaxClass } from '#shared-kernel/product';
import { text } from '#shared-kernel/text';
import { revise } from '../domain/product.ts';
import type { CatalogScope } from '../ports.ts';
import { published } from './list-product.ts';

/** What is left out stays as it is; the sku never changes. */
export const ReviseProduct = z.strictObject({
  productId: ProductId,
  name: text(200).optional(),
  description: text(4000).or(z.literal('')).optional(),
  category: text(100).nullable().optional(),
  price: Price.optional(),
  taxClass: TaxClass.optional(),
  isForSale: z.boolean().optional(),
});
export type ReviseProduct = z.output<typeof ReviseProduct>;

/** @throws {ProductNotFound} {@link ProductIsDiscontinued} */
export async function reviseProduct(
  { products, publish }: CatalogScope,
  { productId, ...revision }: ReviseProduct,
): Promise<void> {
  const product = await products.get(productId);
  const revised = revise(product, revision);
  if (revised === product) return;
  await products.save(revised);
  publish(ProductRevised(published(revised)));
}
