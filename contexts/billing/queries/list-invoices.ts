import type { z } from 'zod';
import { CustomerId, OrderId } from '#shared-kernel/ids';
import { type Page, PageRequest } from '#shared-kernel/page';
import type { BillingScope } from '../ports.ts';
import { InvoiceView, viewInvoices } from './invoice-view.ts';

export const ListInvoices = PageRequest.extend({
  orderId: OrderId.optional(),
  customerId: CustomerId.optional(),
  status: InvoiceView.shape.status.optional(),
});
export type ListInvoices = z.output<typeof ListInvoices>;

export async function listInvoices(
  scope: BillingScope,
  { limit, after, ...filter }: ListInvoices,
): Promise<Page<InvoiceView>> {
  const { items, next } = await scope.invoices.list({ limit, after }, filter);
  return { items: await viewInvoices(scope, items), next };
}
