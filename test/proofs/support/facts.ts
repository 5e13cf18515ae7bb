import { accountOf, balance, type Balance, onceEach } from './account.ts';
import type { FactState, State } from './state.ts';

/** Of every order, however it ended. */
const ALWAYS = ['checkout.OrderPlaced'];
const COMPLETED = [
  'fulfillment.StockReserved',
  'billing.InvoiceIssued',
  'billing.PaymentCaptured',
  'checkout.OrderConfirmed',
  'checkout.OrderCompleted',
];
const CANCELLED = ['checkout.OrderCancelled'];

/** Facts: those that an order's end takes are there, and none that is about an order, a parcel or a mail is there twice. */
export function judgeFacts({ orders, facts, mails }: State): Balance[] {
  const ofOrders = orders.flatMap(({ id, status }) => factsThatMakeUp(status).map((type) => `${type} ${id}`));
  const ofMails = mails.filter(({ state }) => state === 'sent').map(({ id }) => `notifications.MailSent ${id}`);
  const recorded = facts.filter(({ type }) => !isAboutGoods(type));
  const named = recorded.map((fact) => [`${fact.type} ${fact.subject}`, fact.count] as const);
  return [
    balance(
      'facts recorded, each once',
      onceEach([...ofOrders, ...ofMails, ...named.map(([name]) => name)]),
      accountOf(named),
    ),
  ];
}

const factsThatMakeUp = (status: string) => [
  ...ALWAYS,
  ...(status === 'completed' ? COMPLETED : []),
  ...(status === 'cancelled' ? CANCELLED : []),
];

/** Of a product or a customer there may be many facts of a kind. */
const isAboutGoods = (type: string) =>
  /^(catalog|accounts)\.|\.(StockReceived|StockAdjusted|ProductBackInStock)$/.test(type);

/** The orders of which such a fact was recorded. */
export const factsOf = (facts: readonly FactState[], type: string): string[] =>
  facts.filter((fact) => fact.type === type).map(({ orderId }) => orderId!);
