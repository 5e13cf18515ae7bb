import { z } from 'zod';
import { PostalAddress } from '#shared-kernel/address';
import { CustomerId, InvoiceId, OrderId } from '#shared-kernel/ids';
import { Instant } from '#shared-kernel/instant';
import { Money } from '#shared-kernel/money';
import { TaxClass } from '#shared-kernel/product';
import type { Invoice, InvoiceLine } from '../domain/invoice.ts';
import type { BillingScope } from '../ports.ts';

/** An invoice as others may see it. */
export const InvoiceView = z.object({
  id: InvoiceId,
  number: z.string(),
  orderId: OrderId,
  customerId: CustomerId,
  status: z.enum(['issued', 'paid', 'declined', 'void', 'refunded']),
  reason: z.string().nullable().describe('Why it was declined, or is paid back.'),
  refundRequested: z.boolean().describe('What is captured is to go back; true even after it has.'),
  issuedAt: Instant,
  lines: z.array(
    z.object({
      lineNumber: z.int(),
      sku: z.string(),
      name: z.string(),
      taxClass: TaxClass,
      quantity: z.int(),
      unitPrice: Money,
      discount: z.string(),
      tax: Money.describe("The line's share of the order's tax."),
    }),
  ),
  subtotal: Money,
  tax: Money,
  freight: Money,
  total: Money,
  captured: Money,
  refunded: Money,
  billTo: PostalAddress,
  taxId: z.string().nullable(),
});
export type InvoiceView = z.output<typeof InvoiceView>;

/** Views of invoices, with their lines read at once. */
export async function viewInvoices(
  { invoices }: Pick<BillingScope, 'invoices'>,
  found: readonly Invoice[],
): Promise<InvoiceView[]> {
  const lines = await invoices.linesOf(found.map(({ id }) => id));
  return found.map((invoice) => viewInvoice(invoice, lines.get(invoice.id) ?? []));
}

const viewInvoice = (
  { captureReference: _captureReference, ...invoice }: Invoice,
  lines: readonly InvoiceLine[],
): InvoiceView => ({ ...invoice, lines: [...lines] });
