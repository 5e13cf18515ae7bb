import { z } from 'zod';
import { defineRequest, type UnitScope } from '#events/messaging';
import { type CustomerId, InvoiceId, type OrderId, RefundId } from '#shared-kernel/ids';
import { Money } from '#shared-kernel/money';
import type { Page, PageRequest } from '#shared-kernel/page';
import type { BillableOrder } from './domain/billable-order.ts';
import type { Customer } from './domain/customer.ts';
import type { Invoice, InvoiceLine, InvoiceStatus } from './domain/invoice.ts';

/** Everything a command of billing may touch inside one transaction. */
export interface BillingScope extends UnitScope {
  readonly orders: BillableOrderRepository;
  readonly invoices: InvoiceRepository;
  readonly customers: CustomerRepository;
}

export interface BillableOrderRepository {
  /** The order as far as it is known. */
  find(id: OrderId): Promise<BillableOrder | undefined>;
  /** Loads, at once, what a batch is about to look for. */
  preload(ids: readonly OrderId[]): Promise<void>;
  save(order: BillableOrder): Promise<void>;
}

export interface InvoiceRepository {
  /** @throws {InvoiceNotFound} */
  get(id: InvoiceId): Promise<Invoice>;
  /** Loads invoices and keeps others from changing them until the unit of work ends. */
  hold(ids: readonly InvoiceId[]): Promise<void>;
  list(page: PageRequest, filter: InvoiceFilter): Promise<Page<Invoice>>;
  /** Those of the orders that are billed. */
  ofOrders(orderIds: readonly OrderId[]): Promise<readonly Invoice[]>;
  /** The lines of each of them, in their order. */
  linesOf(ids: readonly InvoiceId[]): Promise<ReadonlyMap<InvoiceId, readonly InvoiceLine[]>>;
  add(invoice: Invoice, lines: readonly InvoiceLine[]): Promise<void>;
  save(invoice: Invoice): Promise<void>;
}

export interface InvoiceFilter {
  readonly orderId?: OrderId | undefined;
  readonly customerId?: CustomerId | undefined;
  readonly status?: InvoiceStatus | undefined;
}

export interface CustomerRepository {
  find(id: CustomerId): Promise<Customer | undefined>;
  /** Loads, at once, whom a batch is about to look for. */
  preload(ids: readonly CustomerId[]): Promise<void>;
  save(customer: Customer): Promise<void>;
}

/**
 * Whoever moves the money. A key stands for one operation: asked again, by whichever process, it is not performed again and
 * has the answer it had. Every call throws when there is no answer; what happened is then unknown.
 */
export interface PaymentGateway {
  capture(request: CaptureRequest, signal: AbortSignal): Promise<CaptureAnswer>;
  /** Makes sure that nothing is captured under the key from now on, and tells how it ended. */
  voidCapture(request: { readonly idempotencyKey: string }, signal: AbortSignal): Promise<VoidAnswer>;
  refund(request: RefundRequest, signal: AbortSignal): Promise<RefundAnswer>;
}

export interface CaptureRequest {
  readonly idempotencyKey: string;
  readonly token: string;
  readonly amount: Money;
  /** What the payer reads on their statement. */
  readonly reference: string;
}

export type CaptureAnswer =
  | { readonly status: 'captured'; readonly reference: string }
  | { readonly status: 'declined'; readonly reason: string };

export type VoidAnswer = CaptureAnswer | { readonly status: 'void' };

export interface RefundRequest {
  readonly idempotencyKey: string;
  readonly captureReference: string;
  readonly amount: Money;
}

interface RefundAnswer {
  readonly status: 'refunded';
  readonly reference: string;
}

/** Get the money for an invoice. */
export const CapturePayment = defineRequest(
  'billing.capturePayment',
  z.object({ invoiceId: InvoiceId, token: z.string(), amount: Money, reference: z.string() }),
);

/** Find out how a capture ended that was never answered, and let none happen any more. */
export const VoidCapture = defineRequest('billing.voidCapture', z.object({ invoiceId: InvoiceId }));

/** Give the money for an invoice back. */
export const RefundPayment = defineRequest(
  'billing.refundPayment',
  z.object({ refundId: RefundId, invoiceId: InvoiceId, captureReference: z.string(), amount: Money }),
);
