import type { ProductId } from '#shared-kernel/ids';
import type { CatalogScope } from '../ports.ts';
import { type ProductView, viewProduct } from './product-view.ts';

/** @throws {ProductNotFound} */
export async function getProduct({ products }: CatalogScope, productId: ProductId): Promise<ProductView> {
  return viewProduct(await products.get(productId));
}
