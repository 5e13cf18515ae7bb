import type { PostalAddress } from '#shared-kernel/address';
import type { CustomerId, InvoiceId, OrderId } from '#shared-kernel/ids';
import { type Money, zero } from '#shared-kernel/money';
import type { LineToBill, OrderToBill } from './billable-order.ts';
import { InvoiceNotRefundable } from './errors.ts';
import { numberOf } from './invoice-number.ts';
import { shareTax } from './tax.ts';

export interface InvoiceLine extends LineToBill {
  readonly lineNumber: number;
  /** Its share of the order's tax. */
  readonly tax: Money;
}

/** `issued`: its payment is being captured. `void`: nothing was captured and nothing will be. */
export type InvoiceStatus = 'issued' | 'paid' | 'declined' | 'void' | 'refunded';

/** An invoice but for its lines, which never change and decide nothing. */
export interface Invoice {
  readonly id: InvoiceId;
  readonly number: string;
  readonly orderId: OrderId;
  readonly customerId: CustomerId;
  readonly status: InvoiceStatus;
  /** Why it was declined, or is to be paid back. */
  readonly reason: string | null;
  /** What is captured goes back, or will as soon as it is captured. */
  readonly refundRequested: boolean;
  readonly subtotal: Money;
  readonly tax: Money;
  readonly freight: Money;
  readonly total: Money;
  readonly captured: Money;
  readonly refunded: Money;
  /** What the payment gateway calls the capture. */
  readonly captureReference: string | null;
  readonly billTo: PostalAddress;
  readonly taxId: string | null;
  readonly issuedAt: Date;
}

export type Issue = Pick<Invoice, 'id' | 'orderId' | 'taxId' | 'issuedAt'>;

/** The invoice of an order; one over nothing is paid from the start. */
export function issue(toBill: OrderToBill, { id, orderId, taxId, issuedAt }: Issue): Invoice {
  const { customerId, subtotal, tax, freight, total, billTo } = toBill;
  return {
    id,
    number: numberOf(id, issuedAt),
    orderId,
    customerId,
    status: total.amount === 0n ? 'paid' : 'issued',
    reason: null,
    refundRequested: false,
    subtotal,
    tax,
    freight,
    total,
    captured: zero(total.currency),
    refunded: zero(total.currency),
    captureReference: null,
    billTo,
    taxId,
    issuedAt,
  };
}

/** What stands on the invoice of an order. */
export function linesOf({ lines, tax }: OrderToBill): InvoiceLine[] {
  const taxes = shareTax(tax, lines);
  return lines.map((line, at) => ({ ...line, lineNumber: at + 1, tax: taxes[at]! }));
}

export const isPaymentPending = ({ status }: Invoice) => status === 'issued';

/** Money is ours that is to go back. */
export const owesRefund = ({ status, refundRequested }: Invoice) => status === 'paid' && refundRequested;

export const markPaid = (invoice: Invoice, captureReference: string): Invoice => ({
  ...invoice,
  status: 'paid',
  captured: invoice.total,
  captureReference,
});

/** There is no money; an invoice that was to be paid back anyway is over. */
export const markDeclined = (invoice: Invoice, reason: string): Invoice =>
  invoice.refundRequested ? { ...invoice, status: 'void' } : { ...invoice, status: 'declined', reason };

export const markRefunded = (invoice: Invoice): Invoice => ({
  ...invoice,
  status: 'refunded',
  refunded: invoice.captured,
});

/** All of it is to go back. @throws {InvoiceNotRefundable} unless it is paid */
export function requestRefund(invoice: Invoice, reason: string): Invoice {
  if (invoice.status !== 'paid' || invoice.captured.amount === 0n)
    throw new InvoiceNotRefundable(invoice.id, invoice.status);
  return invoice.refundRequested ? invoice : { ...invoice, refundRequested: true, reason };
}

/** Its order is cancelled: what was captured goes back, what may still be captured will, where there is nothing it is void. */
export function withdraw(invoice: Invoice, reason: string): Invoice {
  switch (invoice.status) {
    case 'issued':
      return { ...invoice, refundRequested: true, reason };
    case 'paid':
      return invoice.captured.amount === 0n ? { ...invoice, status: 'void', reason } : requestRefund(invoice, reason);
    case 'declined':
      return { ...invoice, status: 'void' };
    case 'void':
    case 'refunded':
      return invoice;
  }
}
