import type { z } from 'zod';
import { SupplierId } from '#shared-kernel/ids';
import { cursor, type Page, PageRequest } from '#shared-kernel/page';
import type { CatalogScope } from '../ports.ts';
import { type SupplierView, viewSupplier } from './supplier-view.ts';

export const ListSuppliers = PageRequest.extend({ after: cursor(SupplierId) });
export type ListSuppliers = z.output<typeof ListSuppliers>;

export async function listSuppliers({ suppliers }: CatalogScope, page: ListSuppliers): Promise<Page<SupplierView>> {
  const { items, next } = await suppliers.list(page);
  return { items: items.map(viewSupplier), next };
}
