import { z } from 'zod';
import { defineEvent, type EventOf } from '#events/messaging';
import { CustomerId, InvoiceId, OrderId, RefundId } from '#shared-kernel/ids';
import { Money } from '#shared-kernel/money';
import { text } from '#shared-kernel/text';

const ofOrder = { key: 'orderId', correlation: 'orderId' } as const;

/** An order is billed; its payment is being captured. */
export const InvoiceIssued = defineEvent(
  'billing.InvoiceIssued',
  1,
  z.object({ invoiceId: InvoiceId, orderId: OrderId, customerId: CustomerId, total: Money }),
  ofOrder,
);
export type InvoiceIssued = EventOf<typeof InvoiceIssued>;

/** The money for an order is ours. */
export const PaymentCaptured = defineEvent(
  'billing.PaymentCaptured',
  1,
  z.object({ invoiceId: InvoiceId, orderId: OrderId, amount: Money }),
  ofOrder,
);
export type PaymentCaptured = EventOf<typeof PaymentCaptured>;

/** The money for an order is not to be had. */
export const PaymentDeclined = defineEvent(
  'billing.PaymentDeclined',
  1,
  z.object({ invoiceId: InvoiceId, orderId: OrderId, reason: text(200) }),
  ofOrder,
);
export type PaymentDeclined = EventOf<typeof PaymentDeclined>;

/** Captured money went back to the customer. */
export const RefundIssued = defineEvent(
  'billing.RefundIssued',
  1,
  z.object({ refundId: RefundId, invoiceId: InvoiceId, orderId: OrderId, customerId: CustomerId, amount: Money }),
  ofOrder,
);
export type RefundIssued = EventOf<typeof RefundIssued>;
