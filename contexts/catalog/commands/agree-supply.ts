import { z } from 'zod';
import { SupplyAgreed } from '#events/catalog';
import { ProductId, SupplierId } from '#shared-kernel/ids';
import { Price } from '#shared-kernel/money';
import { Quantity } from '#shared-kernel/quantity';
import { text } from '#shared-kernel/text';
import { areSameTerms } from '../domain/supplier.ts';
import type { CatalogScope } from '../ports.ts';

export const AgreeSupply = z
  .strictObject({
    supplierId: SupplierId,
    productId: ProductId,
    price: Price,
    leadTimeDays: z.int().min(0).max(3650),
    minOrderQuantity: Quantity.nullable().default(null),
    maxOrderQuantity: Quantity.nullable().default(null),
    unit: text(20).nullable().default(null).describe('What the price and the quantities count: `EA`, `CTN`.'),
  })
  .refine(({ minOrderQuantity: min, maxOrderQuantity: max }) => min === null || max === null || min <= max, {
    path: ['maxOrderQuantity'],
    error: 'must not be less than minOrderQuantity',
  });
export type AgreeSupply = z.output<typeof AgreeSupply>;

/** The terms from now on, in place of those before. @throws {SupplierNotFound} {@link ProductNotFound} */
export async function agreeSupply(scope: CatalogScope, supply: AgreeSupply): Promise<void> {
  const { suppliers, products, supplies, publish } = scope;
  const { supplierId, productId, price, leadTimeDays } = supply;
  await suppliers.get(supplierId);
  await products.get(productId);
  const before = await supplies.find(supplierId, productId);
  if (before && areSameTerms(before, supply)) return;
  await supplies.save(supply);
  publish(SupplyAgreed({ supplierId, productId, price, leadTimeDays }));
}
