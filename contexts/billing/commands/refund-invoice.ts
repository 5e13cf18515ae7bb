import { z } from 'zod';
import { idOfName, InvoiceId, RefundId } from '#shared-kernel/ids';
import { text } from '#shared-kernel/text';
import { type Invoice, owesRefund, requestRefund } from '../domain/invoice.ts';
import { type BillingScope, RefundPayment } from '../ports.ts';

export const RefundInvoice = z.strictObject({
  invoiceId: InvoiceId,
  reason: text(200).default('refunded by the shop'),
});
export type RefundInvoice = z.output<typeof RefundInvoice>;

/**
 * Gives all the money for an invoice back. Asking twice is asking once.
 * @throws {InvoiceNotFound} {@link InvoiceNotRefundable}
 */
export async function refundInvoice(scope: BillingScope, { invoiceId, reason }: RefundInvoice): Promise<void> {
  const invoice = await scope.invoices.get(invoiceId);
  await saveAndRefund(scope, requestRefund(invoice, reason));
}

/** An invoice has one refund, so its id is the refund's: however often it is asked for, it is one request. */
export async function saveAndRefund({ invoices, request }: BillingScope, invoice: Invoice): Promise<void> {
  await invoices.save(invoice);
  if (!owesRefund(invoice)) return;
  const { id: invoiceId, orderId, captured: amount, captureReference } = invoice;
  const refundId = idOfName(RefundId, 'billing.refund', invoiceId);
  const payload = { refundId, invoiceId, captureReference: captureReference!, amount };
  request(RefundPayment({ id: refundId, key: orderId, payload }));
}
