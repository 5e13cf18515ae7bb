import { z } from 'zod';
import { OrderId } from '#shared-kernel/ids';
import type { BillingScope } from '../ports.ts';
import { type InvoiceView, viewInvoices } from './invoice-view.ts';

export const ListInvoicesByOrderIds = z.strictObject({ orderIds: z.array(OrderId).max(1000) });
export type ListInvoicesByOrderIds = z.output<typeof ListInvoicesByOrderIds>;

/** The invoices of those of the orders that are billed, at once, in any order. */
export async function listInvoicesByOrderIds(
  scope: BillingScope,
  { orderIds }: ListInvoicesByOrderIds,
): Promise<readonly InvoiceView[]> {
  return viewInvoices(scope, await scope.invoices.ofOrders(orderIds));
}
