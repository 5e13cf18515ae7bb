import { expect } from 'vitest';
import { OrderPlaced } from '#events/checkout';
import { StockReserved } from '#events/fulfillment';
import type { ContextStore } from '#events/messaging';
import { type BillingScope, createBilling } from '#contexts/billing';
import { createInMemoryLedger, createSandboxGateway } from '#contexts/billing/adapters/sandbox-gateway';
import { billingInMemory } from '#contexts/billing/in-memory';
import { billingOnMikroOrm } from '#contexts/billing/mikro-orm';
import { migrations } from '#migrations/billing';
import type { InvoiceId } from '#shared-kernel/ids';
import { formatAmount } from '#shared-kernel/money';
import { describeOnEachAdapter, type TestContext } from '../../support/context.ts';
import { type Placed, placed } from './story.ts';

export const gateway = createSandboxGateway({ ledger: createInMemoryLedger(), hang: 1 });

const billing = {
  create: (store: ContextStore<BillingScope>) => ({ ...createBilling(store, { gateway }), store }),
  inMemory: billingInMemory,
  mikroOrm: billingOnMikroOrm,
  migrations,
};

export type Office = TestContext<ReturnType<typeof billing.create>>;

export const describeBilling = (suite: (open: () => Office) => void) =>
  describeOnEachAdapter('billing', billing, suite);

export const invoicesOf = async ({ as, context }: Office, { orderId }: Placed) =>
  (await as(() => context.queries.listInvoices({ limit: 10, orderId }))).items;

export const invoiceOf = async (office: Office, order: Placed) => {
  const [invoice, ...others] = await invoicesOf(office, order);
  expect(others).toEqual([]);
  return invoice!;
};

export const stateOf = async (office: Office, order: Placed) => {
  const { status, captured, refunded } = await invoiceOf(office, order);
  return [status, formatAmount(captured), formatAmount(refunded)];
};

/** How often the gateway took money for these invoices, and how often it gave some back. */
export async function movedFor(invoices: readonly { readonly id: InvoiceId }[]) {
  const concerns = (reference: string) => invoices.some(({ id }) => reference.includes(id));
  const outcomes = (await gateway.readLedger()).map(({ outcome }) => outcome);
  return {
    captures: outcomes.filter((end) => end?.status === 'captured' && concerns(end.reference)).length,
    refunds: outcomes.filter((end) => end?.status === 'refunded' && concerns(end.captureReference)).length,
  };
}

export const bill = async (office: Office, order: Placed) =>
  office.given(OrderPlaced(order), StockReserved({ orderId: order.orderId }));

export const billAndPay = async (office: Office, order = placed()) => {
  await bill(office, order);
  await office.performRequests();
  await office.published();
  return order;
};
