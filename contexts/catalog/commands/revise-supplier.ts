import { z } from 'zod';
import { SupplierId } from '#shared-kernel/ids';
import { revised } from '../domain/revision.ts';
import type { CatalogScope } from '../ports.ts';
import { RegisterSupplier } from './register-supplier.ts';

const { creditRating, isActive, url } = RegisterSupplier.shape;

/** What is left out stays as it is. */
export const ReviseSupplier = z.strictObject({
  supplierId: SupplierId,
  creditRating: creditRating.unwrap().optional(),
  isActive: isActive.unwrap().optional(),
  url: url.unwrap().optional(),
});
export type ReviseSupplier = z.output<typeof ReviseSupplier>;

/** @throws {SupplierNotFound} */
export async function reviseSupplier(
  { suppliers }: CatalogScope,
  { supplierId, ...revision }: ReviseSupplier,
): Promise<void> {
  await suppliers.save(revised(await suppliers.get(supplierId), revision));
}
