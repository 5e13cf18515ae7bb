import type { OrderCancelled, OrderPlaced } from '#events/checkout';
import type { StockReserved } from '#events/fulfillment';
import type { InvoiceId } from '#shared-kernel/ids';
import { type BillableOrder, isSettled, markCancelled, type OrderToBill } from '../domain/billable-order.ts';

export type ProcessEvent = OrderPlaced | StockReserved | OrderCancelled;

/** What the process wants done. */
export type BillingStep =
  | { readonly do: 'remember'; readonly order: BillableOrder }
  | { readonly do: 'bill'; readonly toBill: OrderToBill }
  | { readonly do: 'withdraw invoice'; readonly invoiceId: InvoiceId; readonly reason: string };

/**
 * Billing's process manager: an order is billed once it is placed and its stock is reserved, and never once it is cancelled.
 * This order and this fact in, at most one step out, in whichever order the facts come and however often.
 */
export function nextStep(order: BillableOrder, event: ProcessEvent): BillingStep | undefined {
  switch (event.type) {
    case 'checkout.OrderPlaced':
      if (isSettled(order) || order.toBill) return undefined;
      return order.isReserved ? bill(toBillOf(event.data)) : remember({ ...order, toBill: toBillOf(event.data) });
    case 'fulfillment.StockReserved':
      if (isSettled(order) || order.isReserved) return undefined;
      return order.toBill ? bill(order.toBill) : remember({ ...order, isReserved: true });
    case 'checkout.OrderCancelled':
      if (order.isCancelled) return undefined;
      if (!order.invoiceId) return remember(markCancelled(order));
      return { do: 'withdraw invoice', invoiceId: order.invoiceId, reason: event.data.reason };
  }
}

const remember = (order: BillableOrder): BillingStep => ({ do: 'remember', order });

const bill = (toBill: OrderToBill): BillingStep => ({ do: 'bill', toBill });

/** No more of the order than an invoice needs. */
const toBillOf = ({ customerId, lines, ...order }: OrderPlaced['data']): OrderToBill => ({
  customerId,
  lines: lines.map(({ sku, name, taxClass, quantity, unitPrice, discount }) => ({
    sku,
    name,
    taxClass,
    quantity,
    unitPrice,
    discount,
  })),
  subtotal: order.subtotal,
  tax: order.tax,
  freight: order.freight,
  total: order.total,
  billTo: order.billTo,
  paymentToken: order.paymentToken,
});
