import type { z } from 'zod';
import { ProductId } from '#shared-kernel/ids';
import { cursor, type Page, PageRequest } from '#shared-kernel/page';
import { text } from '#shared-kernel/text';
import type { CatalogScope } from '../ports.ts';
import { ProductView, viewProduct } from './product-view.ts';

export const ListProducts = PageRequest.extend({
  after: cursor(ProductId),
  q: text(100).optional().describe('Part of the name or of the sku, in capitals or not.'),
  status: ProductView.shape.status.optional(),
  category: text(100).optional(),
});
export type ListProducts = z.output<typeof ListProducts>;

export async function listProducts(
  { products }: CatalogScope,
  { q, status, category, ...page }: ListProducts,
): Promise<Page<ProductView>> {
  const { items, next } = await products.list(page, { q, status, category });
  return { items: items.map(viewProduct), next };
}
