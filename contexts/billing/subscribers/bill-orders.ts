import { OrderCancelled, OrderPlaced } from '#events/checkout';
import { StockReserved } from '#events/fulfillment';
import { defineSubscriber } from '#events/messaging';
import type { OrderId } from '#shared-kernel/ids';
import { billOrder } from '../commands/bill-order.ts';
import { withdrawInvoice } from '../commands/withdraw-invoice.ts';
import { type BillableOrder, unheardOf } from '../domain/billable-order.ts';
import type { BillingScope } from '../ports.ts';
import { type BillingStep, nextStep, type ProcessEvent } from '../processes/billing-process.ts';

/** Runs the billing process: what is placed and reserved is billed, what is cancelled is not, or is paid back. */
export const billOrders = defineSubscriber<BillingScope>()({
  name: 'billing.billOrders',
  on: [OrderPlaced, StockReserved, OrderCancelled],
  prepare: prepareBatch,
  handle: async (scope, event) => {
    const { orderId } = event.data;
    const order = (await scope.orders.find(orderId)) ?? unheardOf(orderId);
    const step = nextStep(order, event);
    if (step) await take(scope, order, step);
  },
});

async function take(scope: BillingScope, order: BillableOrder, step: BillingStep): Promise<void> {
  switch (step.do) {
    case 'remember':
      return scope.orders.save(step.order);
    case 'bill':
      return billOrder(scope, order, step.toBill);
    case 'withdraw invoice':
      return withdrawInvoice(scope, order, step);
  }
}

/** Loads the orders at once, then the customers who will be billed and the invoices that will be withdrawn. */
async function prepareBatch(scope: BillingScope, events: readonly ProcessEvent[]): Promise<void> {
  const orderIds = [...new Set(events.map(({ data }) => data.orderId))];
  await scope.orders.preload(orderIds);
  const known = (await Promise.all(orderIds.map((id) => scope.orders.find(id)))).filter((order) => order !== undefined);
  await prepareBilling(scope, known, events);
  const cancelled = ordersOf('checkout.OrderCancelled', events);
  const billed = known.filter(({ id }) => cancelled.has(id)).map(({ invoiceId }) => invoiceId);
  await scope.invoices.hold(billed.filter((id) => id !== null));
}

async function prepareBilling(
  { customers }: BillingScope,
  known: readonly BillableOrder[],
  events: readonly ProcessEvent[],
): Promise<void> {
  const reserved = ordersOf('fulfillment.StockReserved', events);
  for (const { id, isReserved } of known) if (isReserved) reserved.add(id);
  const placedNow = events
    .filter((event) => event.type === 'checkout.OrderPlaced')
    .map(({ data }) => ({ id: data.orderId, customerId: data.customerId }));
  const placedBefore = known.map(({ id, toBill }) => ({ id, customerId: toBill?.customerId }));
  const toBill = [...placedNow, ...placedBefore].filter(({ id }) => reserved.has(id));
  await customers.preload(toBill.map(({ customerId }) => customerId).filter((id) => id !== undefined));
}

const ordersOf = (type: ProcessEvent['type'], events: readonly ProcessEvent[]): Set<OrderId> =>
  new Set(events.filter((event) => event.type === type).map(({ data }) => data.orderId));
