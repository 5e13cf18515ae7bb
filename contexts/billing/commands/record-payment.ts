import { PaymentCaptured, PaymentDeclined, RefundIssued } from '#events/billing';
import type { InvoiceId, RefundId } from '#shared-kernel/ids';
import { isPaymentPending, markDeclined, markPaid, markRefunded, owesRefund } from '../domain/invoice.ts';
import { type BillingScope, VoidCapture } from '../ports.ts';
import { saveAndRefund } from './refund-invoice.ts';

/** The money for an invoice is ours; it goes back at once if the invoice was withdrawn meanwhile. */
export async function recordCapture(scope: BillingScope, invoiceId: InvoiceId, reference: string): Promise<void> {
  const invoice = await scope.invoices.get(invoiceId);
  if (!isPaymentPending(invoice)) return;
  const paid = markPaid(invoice, reference);
  await saveAndRefund(scope, paid);
  scope.publish(PaymentCaptured({ invoiceId, orderId: paid.orderId, amount: paid.captured }));
}

/** The money for an invoice is not to be had. */
export async function recordDecline(
  { invoices, publish }: BillingScope,
  invoiceId: InvoiceId,
  reason: string,
): Promise<void> {
  const invoice = await invoices.get(invoiceId);
  if (!isPaymentPending(invoice)) return;
  await invoices.save(markDeclined(invoice, reason));
  publish(PaymentDeclined({ invoiceId, orderId: invoice.orderId, reason }));
}

/** Nobody knows whether the money was captured: that is found out before anything is said of it. */
export async function recordNoAnswer({ invoices, request }: BillingScope, invoiceId: InvoiceId): Promise<void> {
  const { orderId } = await invoices.get(invoiceId);
  request(VoidCapture({ id: invoiceId, key: orderId, payload: { invoiceId } }));
}

/** The money for an invoice went back. */
export async function recordRefund(
  { invoices, publish }: BillingScope,
  { invoiceId, refundId }: { readonly invoiceId: InvoiceId; readonly refundId: RefundId },
): Promise<void> {
  const invoice = await invoices.get(invoiceId);
  if (!owesRefund(invoice)) return;
  const refunded = markRefunded(invoice);
  await invoices.save(refunded);
  const { orderId, customerId, refunded: amount } = refunded;
  publish(RefundIssued({ refundId, invoiceId, orderId, customerId, amount }));
}
