import type { Tables } from '#events/messaging/adapters/in-memory/tables';
import { pageOf } from '#shared-kernel/page';
import { InvoiceNotFound } from '../../domain/errors.ts';
import type { Invoice, InvoiceLine } from '../../domain/invoice.ts';
import type { InvoiceFilter, InvoiceRepository } from '../../ports.ts';

export function createInvoices(tables: Tables): InvoiceRepository {
  const invoices = tables.table<Invoice>('invoices');
  const lines = tables.table<readonly InvoiceLine[]>('invoice_lines');
  return {
    async get(id) {
      const invoice = invoices.get(id);
      if (!invoice) throw new InvoiceNotFound(id);
      return invoice;
    },
    hold: async () => undefined,
    async list({ limit, after }, filter) {
      const found = invoices
        .all()
        .filter((invoice) => isWanted(invoice, filter))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .filter(({ id }) => !after || id > after);
      return pageOf(found, limit, ({ id }) => id);
    },
    async ofOrders(orderIds) {
      const wanted = new Set(orderIds);
      return invoices.all().filter(({ orderId }) => wanted.has(orderId));
    },
    linesOf: async (ids) => new Map(ids.map((id) => [id, lines.get(id) ?? []])),
    async add(invoice, ofInvoice) {
      invoices.put(invoice.id, invoice);
      lines.put(invoice.id, ofInvoice);
    },
    save: async (invoice) => invoices.put(invoice.id, invoice),
  };
}

const isWanted = (invoice: Invoice, { orderId, customerId, status }: InvoiceFilter) =>
  (!orderId || invoice.orderId === orderId) &&
  (!customerId || invoice.customerId === customerId) &&
  (!status || invoice.status === status);
