import { z } from 'zod';
import { ProductDiscontinued } from '#events/catalog';
import { ProductId } from '#shared-kernel/ids';
import { discontinue } from '../domain/product.ts';
import type { CatalogScope } from '../ports.ts';

export const DiscontinueProduct = z.strictObject({ productId: ProductId });
export type DiscontinueProduct = z.output<typeof DiscontinueProduct>;

/** Ends the offer for good; where the product is built in, it stays. Twice is once. @throws {ProductNotFound} */
export async function discontinueProduct(
  { products, publish }: CatalogScope,
  { productId }: DiscontinueProduct,
): Promise<void> {
  const product = await products.get(productId);
  if (product.status === 'discontinued') return;
  await products.save(discontinue(product));
  publish(ProductDiscontinued({ productId }));
}
