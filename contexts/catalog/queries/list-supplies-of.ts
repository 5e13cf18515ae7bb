import { z } from 'zod';
import { ProductId, SupplierId } from '#shared-kernel/ids';
import { Money } from '#shared-kernel/money';
import type { CatalogScope } from '../ports.ts';

/** Who supplies a product, and on what terms. */
export const SupplyView = z.object({
  supplierId: SupplierId,
  supplierName: z.string(),
  productId: ProductId,
  price: Money,
  leadTimeDays: z.int(),
  minOrderQuantity: z.int().nullable(),
  maxOrderQuantity: z.int().nullable(),
  unit: z.string().nullable(),
});
export type SupplyView = z.output<typeof SupplyView>;

/** @throws {ProductNotFound} */
export async function listSuppliesOf(
  { products, supplies, suppliers }: CatalogScope,
  productId: ProductId,
): Promise<readonly SupplyView[]> {
  await products.get(productId);
  const found = await supplies.ofProduct(productId);
  const known = await suppliers.findAll(found.map(({ supplierId }) => supplierId));
  const names = new Map(known.map(({ id, name }) => [id, name]));
  return found.map((supply) => ({ ...supply, supplierName: names.get(supply.supplierId)! }));
}
