import { z } from 'zod';
import { SupplierRegistered } from '#events/catalog';
import { newId, SupplierId } from '#shared-kernel/ids';
import { text } from '#shared-kernel/text';
import type { CatalogScope } from '../ports.ts';

export const RegisterSupplier = z.strictObject({
  supplierId: SupplierId.optional().describe(
    'Of a supplier that was numbered elsewhere, so that an import may be run again.',
  ),
  name: text(200),
  accountNumber: text(50).nullable().default(null),
  creditRating: z.int().min(1).max(5).nullable().default(null).describe('1 (superior) to 5 (below average).'),
  isActive: z.boolean().default(true),
  url: text(500).nullable().default(null),
});
export type RegisterSupplier = z.output<typeof RegisterSupplier>;

/** A supplier who is known under the id already is left as they are. @throws {AccountNumberTaken} */
export async function registerSupplier(
  { suppliers, publish }: CatalogScope,
  { supplierId = newId(SupplierId), ...supplier }: RegisterSupplier,
): Promise<SupplierId> {
  if (await suppliers.find(supplierId)) return supplierId;
  await suppliers.add({ id: supplierId, ...supplier });
  publish(SupplierRegistered({ supplierId, name: supplier.name }));
  return supplierId;
}
