import type { InvoiceId } from '#shared-kernel/ids';
import { type BillableOrder, markCancelled } from '../domain/billable-order.ts';
import { withdraw } from '../domain/invoice.ts';
import type { BillingScope } from '../ports.ts';
import { saveAndRefund } from './refund-invoice.ts';

/** The order of an invoice is cancelled: the money goes back if it is ours, or as soon as it is. */
export async function withdrawInvoice(
  scope: BillingScope,
  order: BillableOrder,
  { invoiceId, reason }: { readonly invoiceId: InvoiceId; readonly reason: string },
): Promise<void> {
  const invoice = await scope.invoices.get(invoiceId);
  await scope.orders.save(markCancelled(order));
  await saveAndRefund(scope, withdraw(invoice, reason));
}
