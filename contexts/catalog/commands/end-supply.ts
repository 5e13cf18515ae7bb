import { z } from 'zod';
import { ProductId, SupplierId } from '#shared-kernel/ids';
import type { CatalogScope } from '../ports.ts';

export const EndSupply = z.strictObject({ supplierId: SupplierId, productId: ProductId });
export type EndSupply = z.output<typeof EndSupply>;

/** A supplier supplies a product no longer. Ending what was never agreed changes nothing. */
export async function endSupply({ supplies }: CatalogScope, { supplierId, productId }: EndSupply): Promise<void> {
  await supplies.remove(supplierId, productId);
}
