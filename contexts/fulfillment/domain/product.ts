import type { ProductId } from '#shared-kernel/ids';

/** A product as the warehouse knows it: this context's own copy, kept by the catalogue's facts. */
export interface Product {
  readonly id: ProductId;
  readonly sku: string;
  /** What stands on the shelf and on the packing list. */
  readonly label: string;
}
