import type { SupplierId } from '#shared-kernel/ids';
import type { CatalogScope } from '../ports.ts';
import { type SupplierView, viewSupplier } from './supplier-view.ts';

/** @throws {SupplierNotFound} */
export async function getSupplier({ suppliers }: CatalogScope, supplierId: SupplierId): Promise<SupplierView> {
  return viewSupplier(await suppliers.get(supplierId));
}
