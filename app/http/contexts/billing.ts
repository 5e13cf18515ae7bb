import { z } from 'zod';
import {
  BillingDetailsView,
  ChangeBillingDetails,
  type createBilling,
  InvoiceView,
  ListInvoices,
  ListInvoicesByOrderIds,
  RefundInvoice,
} from '#contexts/billing';
import { CustomerId, InvoiceId } from '#shared-kernel/ids';
import { change, type Endpoint, get, lookUp, request } from '../endpoint.ts';
import { Accepted, accepted, pageOf } from './shapes.ts';

export const billingEndpoints = ({ commands, queries }: ReturnType<typeof createBilling>): Endpoint[] => [
  get('/invoices', 'billing.listInvoices', {
    summary: 'Invoices, page by page; of one order or customer, or in one status',
    input: ListInvoices,
    run: queries.listInvoices,
    output: pageOf(InvoiceView),
  }),
  lookUp('/invoices/by-order-ids', 'billing.listInvoicesByOrderIds', {
    summary: 'The invoices of up to a thousand orders at once',
    input: ListInvoicesByOrderIds,
    run: queries.listInvoicesByOrderIds,
    output: z.array(InvoiceView).readonly(),
  }),
  get('/invoices/{id}', 'billing.getInvoice', {
    summary: 'One invoice: its lines, its amounts, what was captured and refunded',
    input: z.strictObject({ id: InvoiceId }),
    run: ({ id }) => queries.getInvoice(id),
    output: InvoiceView,
  }),
  request('/invoices/{id}/refund', 'billing.refundInvoice', {
    summary: 'Give back what was captured for an invoice',
    input: RefundInvoice,
    rename: { id: 'invoiceId' },
    run: commands.refundInvoice,
    output: Accepted,
    respond: accepted,
  }),
  get('/customers/{id}/details', 'billing.getBillingDetails', {
    summary: 'The tax id and the billing address that a customer has given',
    input: z.strictObject({ id: CustomerId }),
    run: ({ id }) => queries.getBillingDetails(id),
    output: BillingDetailsView,
  }),
  change('/customers/{id}/details', 'billing.changeBillingDetails', {
    summary: 'Change the tax id or the billing address of a customer: only what is given',
    input: ChangeBillingDetails,
    rename: { id: 'customerId' },
    run: commands.changeBillingDetails,
  }),
];
