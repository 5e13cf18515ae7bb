import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import type { PostalAddress } from '#shared-kernel/address';
import type { Currency } from '#shared-kernel/currency';
import type { CustomerId, InvoiceId, OrderId } from '#shared-kernel/ids';
import { formatAmount, money, parseAmount } from '#shared-kernel/money';
import type { TaxClass } from '#shared-kernel/product';
import type { TenantId } from '#shared-kernel/tenant';
import type { Invoice, InvoiceLine, InvoiceStatus } from '../../domain/invoice.ts';

export const InvoiceRow = defineEntity({
  name: 'InvoiceRow',
  schema: 'billing',
  tableName: 'invoices',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    id: p.uuid().$type<InvoiceId>().primary(),
    number: p.text(),
    orderId: p.uuid().$type<OrderId>(),
    customerId: p.uuid().$type<CustomerId>(),
    status: p.text().$type<InvoiceStatus>(),
    reason: p.text().nullable(),
    refundRequested: p.boolean(),
    currency: p.text().$type<Currency>(),
    subtotal: p.decimal(),
    tax: p.decimal(),
    freight: p.decimal(),
    total: p.decimal(),
    captured: p.decimal(),
    refunded: p.decimal(),
    captureReference: p.text().nullable(),
    billTo: p.json<PostalAddress>(),
    taxId: p.text().nullable(),
    issuedAt: p.datetime(),
    version: p.integer().version(),
  },
});

export const InvoiceLineRow = defineEntity({
  name: 'InvoiceLineRow',
  schema: 'billing',
  tableName: 'invoice_lines',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    invoiceId: p.uuid().$type<InvoiceId>().primary(),
    lineNumber: p.integer().primary(),
    sku: p.text(),
    name: p.text(),
    taxClass: p.text().$type<TaxClass>(),
    quantity: p.integer(),
    unitPrice: p.decimal(),
    discount: p.decimal(),
    tax: p.decimal(),
  },
});

type InvoiceRow = InferEntity<typeof InvoiceRow>;
type InvoiceLineRow = InferEntity<typeof InvoiceLineRow>;

export function toInvoice(row: InvoiceRow): Invoice {
  const { tenantId: _tenantId, version: _version, currency, ...rest } = row;
  const amount = (text: string) => money(parseAmount(text), currency);
  return {
    ...rest,
    reason: row.reason ?? null,
    subtotal: amount(row.subtotal),
    tax: amount(row.tax),
    freight: amount(row.freight),
    total: amount(row.total),
    captured: amount(row.captured),
    refunded: amount(row.refunded),
    captureReference: row.captureReference ?? null,
    taxId: row.taxId ?? null,
  };
}

export const toInvoiceLine = (line: InvoiceLineRow, currency: Currency): InvoiceLine => ({
  lineNumber: line.lineNumber,
  sku: line.sku,
  name: line.name,
  taxClass: line.taxClass,
  quantity: line.quantity,
  unitPrice: money(parseAmount(line.unitPrice), currency),
  discount: line.discount.replace(/\.?0+$/, ''),
  tax: money(parseAmount(line.tax), currency),
});

export const toInvoiceRow = (invoice: Invoice, tenantId: TenantId) => ({
  ...invoice,
  tenantId,
  currency: invoice.total.currency,
  subtotal: formatAmount(invoice.subtotal),
  tax: formatAmount(invoice.tax),
  freight: formatAmount(invoice.freight),
  total: formatAmount(invoice.total),
  captured: formatAmount(invoice.captured),
  refunded: formatAmount(invoice.refunded),
});

/** All of an invoice that changes after it was issued. */
export const toInvoiceState = (invoice: Invoice) => ({
  status: invoice.status,
  reason: invoice.reason,
  refundRequested: invoice.refundRequested,
  captured: formatAmount(invoice.captured),
  refunded: formatAmount(invoice.refunded),
  captureReference: invoice.captureReference,
});

export const toInvoiceLineRow = (line: InvoiceLine, invoiceId: InvoiceId, tenantId: TenantId) => ({
  ...line,
  tenantId,
  invoiceId,
  unitPrice: formatAmount(line.unitPrice),
  tax: formatAmount(line.tax),
});
