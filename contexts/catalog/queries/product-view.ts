import { z } from 'zod';
import { ProductId } from '#shared-kernel/ids';
import { Money } from '#shared-kernel/money';
import { TaxClass } from '#shared-kernel/product';
import type { Product } from '../domain/product.ts';

/** A product as others may see it. */
export const ProductView = z.object({
  id: ProductId,
  sku: z.string(),
  name: z.string(),
  description: z.string(),
  category: z.string().nullable(),
  price: Money,
  taxClass: TaxClass,
  isForSale: z.boolean().describe('Never true of what is discontinued.'),
  specifications: z.array(z.object({ name: z.string(), value: z.string(), unit: z.string().nullable() })),
  status: z.enum(['listed', 'discontinued']),
});
export type ProductView = z.output<typeof ProductView>;

export const viewProduct = ({ specifications, isForSale, ...product }: Product): ProductView => ({
  ...product,
  isForSale: isForSale && product.status === 'listed',
  specifications: [...specifications],
});
