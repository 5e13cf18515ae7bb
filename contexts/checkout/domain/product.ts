import type { ProductId } from '#shared-kernel/ids';
import type { Money } from '#shared-kernel/money';
import type { TaxClass } from '#shared-kernel/product';

/** A product as a shopper sees it: this context's own copy, kept by the catalogue's facts. */
export interface Product {
  readonly id: ProductId;
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly price: Money;
  readonly taxClass: TaxClass;
  readonly isForSale: boolean;
}
