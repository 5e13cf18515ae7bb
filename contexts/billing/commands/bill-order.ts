import { InvoiceIssued, PaymentCaptured } from '#events/billing';
import { InvoiceId, newId } from '#shared-kernel/ids';
import { type BillableOrder, markBilled, type OrderToBill } from '../domain/billable-order.ts';
import { type Invoice, isPaymentPending, issue, linesOf } from '../domain/invoice.ts';
import { type BillingScope, CapturePayment } from '../ports.ts';

/** Issues the invoice of an order and has its payment captured. */
export async function billOrder(scope: BillingScope, order: BillableOrder, toBill: OrderToBill): Promise<void> {
  const { orders, invoices, customers, clock, publish } = scope;
  const customer = await customers.find(toBill.customerId);
  const invoice = issue(toBill, {
    id: newId(InvoiceId),
    orderId: order.id,
    taxId: customer?.taxId ?? null,
    issuedAt: clock.now(),
  });
  await invoices.add(invoice, linesOf(toBill));
  await orders.save(markBilled(order, invoice.id));
  if (isPaymentPending(invoice)) requestCapture(scope, invoice, toBill.paymentToken);
  const { id: invoiceId, orderId, customerId, total } = invoice;
  publish(InvoiceIssued({ invoiceId, orderId, customerId, total }));
  if (!isPaymentPending(invoice)) publish(PaymentCaptured({ invoiceId, orderId, amount: invoice.captured }));
}

function requestCapture({ request }: BillingScope, { id, orderId, number, total }: Invoice, token: string): void {
  request(CapturePayment({ id, key: orderId, payload: { invoiceId: id, token, amount: total, reference: number } }));
}
