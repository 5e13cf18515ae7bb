import type { InvoiceId } from '#shared-kernel/ids';
import type { BillingScope } from '../ports.ts';
import { type InvoiceView, viewInvoices } from './invoice-view.ts';

/** @throws {InvoiceNotFound} */
export async function getInvoice(scope: BillingScope, invoiceId: InvoiceId): Promise<InvoiceView> {
  const [view] = await viewInvoices(scope, [await scope.invoices.get(invoiceId)]);
  return view!;
}
