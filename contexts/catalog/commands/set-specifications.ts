import { z } from 'zod';
import { ProductId } from '#shared-kernel/ids';
import { text } from '#shared-kernel/text';
import type { CatalogScope } from '../ports.ts';

export const SetSpecifications = z.strictObject({
  productId: ProductId,
  specifications: z
    .array(z.strictObject({ name: text(100), value: text(1000), unit: text(20).nullable().default(null) }))
    .max(100),
});
export type SetSpecifications = z.output<typeof SetSpecifications>;

/** Replaces all specifications of a product. @throws {ProductNotFound} */
export async function setSpecifications(
  { products }: CatalogScope,
  { productId, specifications }: SetSpecifications,
): Promise<void> {
  await products.save({ ...(await products.get(productId)), specifications });
}
