import { accountOf, balance, type Balance, onceEach } from './account.ts';
import { factsOf } from './facts.ts';
import type { State } from './state.ts';

/** Money: what completed orders cost, what our invoices say was paid, and what the provider says it moved. */
export function judgeMoney(state: State): Balance[] {
  const completed = state.orders.filter(({ status }) => status === 'completed');
  const owed = accountOf(completed.map(({ id, total }) => [id, total]));
  const invoiced = new Set(completed.map(({ id }) => id));
  return [
    balance(
      'invoices of completed orders = the orders',
      owed,
      accountOf(
        state.invoices.filter(({ orderId }) => invoiced.has(orderId)).map(({ orderId, total }) => [orderId, total]),
      ),
      'money',
    ),
    balance(
      'captured − refunded, by our invoices',
      owed,
      accountOf(state.invoices.map(({ orderId, captured, refunded }) => [orderId, captured - refunded])),
      'money',
    ),
    balance('captured − refunded, by the provider', owed, movedByProvider(state), 'money'),
    balance('captures by the provider, one per paid order', onceEach(paidOrders(state)), countOf(state, 'captured')),
    balance('refunds by the provider, one per refund', onceEach(refundedOrders(state)), countOf(state, 'refunded')),
  ];
}

const movedByProvider = (state: State) =>
  accountOf(ledgerOf(state).map(({ orderId, kind, amount }) => [orderId, kind === 'captured' ? amount : -amount]));

const countOf = (state: State, kind: 'captured' | 'refunded') =>
  accountOf(
    ledgerOf(state)
      .filter((entry) => entry.kind === kind)
      .map(({ orderId }) => [orderId, 1]),
  );

/** Whoever was told that their order is confirmed has paid, and so has whom the money goes back to. */
const paidOrders = ({ facts }: State) => [
  ...factsOf(facts, 'checkout.OrderConfirmed'),
  ...factsOf(facts, 'billing.PaymentCaptured'),
];

const refundedOrders = ({ facts }: State) => factsOf(facts, 'billing.RefundIssued');

/** The provider's keys end with an id of ours: an invoice's, or that of its refund. What names none of ours stands by itself. */
function ledgerOf({ ledger, invoices, facts }: State) {
  const orderOf = new Map([
    ...invoices.map(({ id, orderId }) => [id, orderId] as const),
    ...facts
      .filter(({ type }) => type === 'billing.RefundIssued')
      .map(({ subject, orderId }) => [subject, orderId!] as const),
  ]);
  return ledger.map(({ key, ...entry }) => ({ ...entry, orderId: orderOf.get(key.split(':').at(-1)!) ?? key }));
}
