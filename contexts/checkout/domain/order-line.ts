import type { ProductId } from '#shared-kernel/ids';
import type { Money } from '#shared-kernel/money';
import type { TaxClass } from '#shared-kernel/product';

/** A product as it was when it was ordered. */
export interface OrderLine {
  readonly productId: ProductId;
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly unitPrice: Money;
  /** The share of the price that is not asked for, a decimal string: `0.15`. */
  readonly discount: string;
  readonly taxClass: TaxClass;
}
