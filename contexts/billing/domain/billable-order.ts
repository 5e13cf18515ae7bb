import type { PostalAddress } from '#shared-kernel/address';
import type { CustomerId, InvoiceId, OrderId } from '#shared-kernel/ids';
import type { Money } from '#shared-kernel/money';
import type { TaxClass } from '#shared-kernel/product';

/** A product as it will stand on an invoice. */
export interface LineToBill {
  readonly sku: string;
  readonly name: string;
  readonly taxClass: TaxClass;
  readonly quantity: number;
  readonly unitPrice: Money;
  /** The share of the price that is not asked for, a decimal string: `0.15`. */
  readonly discount: string;
}

/** What an order comes to, and who pays it with what. */
export interface OrderToBill {
  readonly customerId: CustomerId;
  readonly lines: readonly LineToBill[];
  readonly subtotal: Money;
  readonly tax: Money;
  readonly freight: Money;
  readonly total: Money;
  readonly billTo: PostalAddress;
  readonly paymentToken: string;
}

/** An order on its way to its invoice: what has been heard of it, in whichever order that came. */
export interface BillableOrder {
  readonly id: OrderId;
  /** Kept only until it is billed or cancelled. */
  readonly toBill: OrderToBill | null;
  readonly isReserved: boolean;
  readonly isCancelled: boolean;
  readonly invoiceId: InvoiceId | null;
}

/** An order that nothing has been heard of. */
export const unheardOf = (id: OrderId): BillableOrder => ({
  id,
  toBill: null,
  isReserved: false,
  isCancelled: false,
  invoiceId: null,
});

export const markBilled = (order: BillableOrder, invoiceId: InvoiceId): BillableOrder => ({
  ...order,
  toBill: null,
  isReserved: true,
  invoiceId,
});

export const markCancelled = (order: BillableOrder): BillableOrder => ({ ...order, toBill: null, isCancelled: true });

/** Nothing that is heard of it leads to an invoice any more. */
export const isSettled = ({ invoiceId, isCancelled }: BillableOrder) => invoiceId !== null || isCancelled;
