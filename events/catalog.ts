import { z } from 'zod';
import { defineEvent, type EventOf } from '#events/messaging';
import { ProductId, SupplierId } from '#shared-kernel/ids';
import { Price } from '#shared-kernel/money';
import { Quantity } from '#shared-kernel/quantity';
import { Sku, TaxClass } from '#shared-kernel/product';
import { text } from '#shared-kernel/text';

const ListedProduct = z.object({
  productId: ProductId,
  sku: Sku,
  name: text(200),
  description: z.string(),
  price: Price,
  taxClass: TaxClass,
  /** False for a part that is built in, never sold by itself. */
  isForSale: z.boolean(),
});

/** The company offers a product, or uses a part, that it did not before. */
export const ProductListed = defineEvent('catalog.ProductListed', 1, ListedProduct, { key: 'productId' });
export type ProductListed = EventOf<typeof ProductListed>;

/** What is said of a product changed; the event carries all of it as it is now. */
export const ProductRevised = defineEvent('catalog.ProductRevised', 1, ListedProduct, { key: 'productId' });
export type ProductRevised = EventOf<typeof ProductRevised>;

/** A product is no longer offered; what was ordered is still delivered. */
export const ProductDiscontinued = defineEvent('catalog.ProductDiscontinued', 1, z.object({ productId: ProductId }), {
  key: 'productId',
});
export type ProductDiscontinued = EventOf<typeof ProductDiscontinued>;

/** What an assembly is built of changed; the event carries the whole list as it is now. */
export const PartsListRevised = defineEvent(
  'catalog.PartsListRevised',
  1,
  z.object({ productId: ProductId, parts: z.array(z.object({ productId: ProductId, quantity: Quantity })).readonly() }),
  { key: 'productId' },
);
export type PartsListRevised = EventOf<typeof PartsListRevised>;

/** Somebody may supply parts. */
export const SupplierRegistered = defineEvent(
  'catalog.SupplierRegistered',
  1,
  z.object({ supplierId: SupplierId, name: text(200) }),
  { key: 'supplierId' },
);
export type SupplierRegistered = EventOf<typeof SupplierRegistered>;

/** A supplier offers a part at a price; the event carries the terms as they are now. */
export const SupplyAgreed = defineEvent(
  'catalog.SupplyAgreed',
  1,
  z.object({ supplierId: SupplierId, productId: ProductId, price: Price, leadTimeDays: z.int().nonnegative() }),
  { key: 'productId' },
);
export type SupplyAgreed = EventOf<typeof SupplyAgreed>;
