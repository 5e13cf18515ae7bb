import type { ContextStore } from '#events/messaging';
import { bindTo } from '#shared-kernel/unit-of-work';
import { changeBillingDetails } from './commands/change-billing-details.ts';
import { refundInvoice } from './commands/refund-invoice.ts';
import { capturePayment, voidCapture } from './executors/capture-payment.ts';
import { refundPayment } from './executors/refund-payment.ts';
import type { BillingScope, PaymentGateway } from './ports.ts';
import { getBillingDetails } from './queries/get-billing-details.ts';
import { getInvoice } from './queries/get-invoice.ts';
import { listInvoicesByOrderIds } from './queries/list-invoices-by-order-ids.ts';
import { listInvoices } from './queries/list-invoices.ts';
import { billOrders } from './subscribers/bill-orders.ts';
import { keepCustomers } from './subscribers/keep-customers.ts';

export { ChangeBillingDetails } from './commands/change-billing-details.ts';
export { RefundInvoice } from './commands/refund-invoice.ts';
export { BillingDetailsView } from './queries/get-billing-details.ts';
export { InvoiceView } from './queries/invoice-view.ts';
export { ListInvoicesByOrderIds } from './queries/list-invoices-by-order-ids.ts';
export { ListInvoices } from './queries/list-invoices.ts';
export type { BillingScope, PaymentGateway } from './ports.ts';

export interface BillingDependencies {
  readonly gateway: PaymentGateway;
}

/** Invoices, and the money for them: captured once, given back once. */
export function createBilling(store: ContextStore<BillingScope>, { gateway }: BillingDependencies) {
  const inUnitOfWork = bindTo(store.unitOfWork);
  const reading = bindTo(store.reading);
  return {
    commands: { changeBillingDetails: inUnitOfWork(changeBillingDetails), refundInvoice: inUnitOfWork(refundInvoice) },
    queries: {
      getInvoice: reading(getInvoice),
      listInvoices: reading(listInvoices),
      listInvoicesByOrderIds: reading(listInvoicesByOrderIds),
      getBillingDetails: reading(getBillingDetails),
    },
    subscribers: [billOrders, keepCustomers],
    executors: [capturePayment(gateway), voidCapture(gateway), refundPayment(gateway)],
  };
}
