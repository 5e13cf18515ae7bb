import { z } from 'zod';
import { SupplierId } from '#shared-kernel/ids';
import type { Supplier } from '../domain/supplier.ts';

/** A supplier as others may see them. */
export const SupplierView = z.object({
  id: SupplierId,
  name: z.string(),
  accountNumber: z.string().nullable(),
  creditRating: z.int().nullable(),
  isActive: z.boolean(),
  url: z.string().nullable(),
});
export type SupplierView = z.output<typeof SupplierView>;

export const viewSupplier = (supplier: Supplier): SupplierView => ({ ...supplier });
