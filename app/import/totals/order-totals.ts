import { setTimeout as sleep } from 'node:timers/promises';
import type { InvoiceView } from '#contexts/billing';
import type { OrderView } from '#contexts/checkout';
import type { MailView } from '#contexts/notifications';
import { add, isSame, type Money } from '#shared-kernel/money';
import { act } from '../act.ts';
import type { BookedOrder } from '../book/orders.ts';
import { each } from '../each.ts';
import type { Run } from '../run.ts';

/** What became of an order, and what it came to. */
interface Outcome {
  readonly booked: BookedOrder;
  readonly order: OrderView;
  readonly invoices: readonly InvoiceView[];
  readonly mails: readonly MailView[];
}

export interface OrderTotals {
  readonly byStatus: Readonly<Record<string, number>>;
  /** Orders that were cancelled, by the number the files know them by, and why. */
  readonly cancelled: readonly { readonly order: string; readonly reason: string }[];
  readonly subtotal: { readonly files: Money; readonly here: Money };
  readonly payable: { readonly files: Money; readonly here: Money };
  /** Orders that come to something else here than in the files. */
  readonly different: readonly string[];
  /** Orders that are not cancelled, and not as far as the files say either: completed where they were shipped. */
  readonly unfinished: readonly string[];
  readonly invoiced: Money;
  readonly captured: Money;
  readonly refunded: Money;
  /** What those who were not cancelled have to pay. */
  readonly owed: Money;
  readonly mails: Readonly<Record<string, Readonly<Record<MailView['state'], number>>>>;
  /** Orders that were not cancelled, and whose customers did not get one confirmation. */
  readonly unconfirmed: readonly string[];
}

const ASKED_AT_ONCE = 200;
const LOOK_EVERY = 200;
/** How long no mail may leave while some wait, milliseconds. */
const PATIENCE = 30_000;

/** Reads how every order ended, once its mails have left; mails that nobody takes are not waited for. */
export async function totalOrders(run: Run, orders: readonly BookedOrder[], nothing: Money): Promise<OrderTotals> {
  const outcomes = new Map<BookedOrder, Outcome>();
  const stage = run.progress.begin('checking', orders.length);
  await readOutcomes(run, orders, outcomes, stage.advance);
  stage.end();
  const awaited = () => [...outcomes.values()].filter(isMailWaiting).map(({ booked }) => booked);
  let waiting = awaited();
  for (let movedAt = Date.now(); waiting.length > 0 && Date.now() - movedAt < PATIENCE;) {
    await sleep(LOOK_EVERY);
    await readOutcomes(run, waiting, outcomes);
    const now = awaited();
    if (now.length < waiting.length) movedAt = Date.now();
    waiting = now;
  }
  return total([...outcomes.values()], nothing);
}

async function readOutcomes(
  { system, stop }: Run,
  orders: readonly BookedOrder[],
  outcomes: Map<BookedOrder, Outcome>,
  onRead: () => void = () => undefined,
): Promise<void> {
  const { checkout, billing, notifications } = system.contexts;
  await each(chunked(orders), { atOnce: 1, stop }, async (group) => {
    const orderIds = group.map(({ command }) => command.orderId);
    const views = await act('checkout.listOrdersByIds', () => checkout.queries.listOrdersByIds({ ids: orderIds }));
    const invoices = await act('billing.listInvoicesByOrderIds', () =>
      billing.queries.listInvoicesByOrderIds({ orderIds }),
    );
    const mails = await act('notifications.listMailsByOrderIds', () =>
      notifications.queries.listMailsByOrderIds({ orderIds }),
    );
    const orderOf = new Map(views.map((view) => [view.id, view]));
    const invoicesOf = Map.groupBy(invoices, ({ orderId }) => orderId);
    const mailsOf = Map.groupBy(mails, ({ orderId }) => orderId);
    for (const booked of group) {
      const { orderId } = booked.command;
      outcomes.set(booked, {
        booked,
        order: orderOf.get(orderId)!,
        invoices: invoicesOf.get(orderId) ?? [],
        mails: mailsOf.get(orderId) ?? [],
      });
      onRead();
    }
  });
}

function* chunked(orders: readonly BookedOrder[]): Generator<readonly BookedOrder[]> {
  for (let at = 0; at < orders.length; at += ASKED_AT_ONCE) yield orders.slice(at, at + ASKED_AT_ONCE);
}

const isMailWaiting = ({ mails }: Outcome) => mails.some(({ state }) => state === 'waiting');

function total(outcomes: readonly Outcome[], nothing: Money): OrderTotals {
  const sum = (amountsOf: (outcome: Outcome) => readonly Money[]) => outcomes.flatMap(amountsOf).reduce(add, nothing);
  const keysOf = (some: readonly Outcome[]) => some.map(({ booked }) => booked.key);
  return {
    byStatus: countBy(outcomes, ({ order }) => order.status),
    cancelled: outcomes
      .filter(({ order }) => order.status === 'cancelled')
      .map(({ booked, order }) => ({ order: booked.key, reason: order.reason ?? '' })),
    subtotal: { files: sum(({ booked }) => [booked.subtotal]), here: sum(({ order }) => [order.subtotal]) },
    payable: { files: sum(({ booked }) => [booked.payable]), here: sum(({ order }) => [order.total]) },
    different: keysOf(outcomes.filter(isDifferent)),
    unfinished: keysOf(outcomes.filter(isUnfinished)),
    invoiced: sum(({ invoices }) => invoices.map((invoice) => invoice.total)),
    captured: sum(({ invoices }) => invoices.map(({ captured }) => captured)),
    refunded: sum(({ invoices }) => invoices.map(({ refunded }) => refunded)),
    owed: sum(({ order }) => (order.status === 'cancelled' ? [] : [order.total])),
    mails: countMails(outcomes.flatMap(({ mails }) => mails)),
    unconfirmed: keysOf(outcomes.filter(isUnconfirmed)),
  };
}

const isDifferent = ({ booked, order }: Outcome) =>
  !isSame(booked.subtotal, order.subtotal) || !isSame(booked.payable, order.total);

const isUnfinished = ({ booked, order: { status } }: Outcome) =>
  status !== 'cancelled' && status !== (booked.isShipped ? 'completed' : 'confirmed');

const isUnconfirmed = ({ order, mails }: Outcome) =>
  order.status !== 'cancelled' &&
  mails.filter(({ template, state }) => template === 'order-confirmed' && state === 'sent').length !== 1;

const countBy = <Item>(items: readonly Item[], keyOf: (item: Item) => string): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(items, keyOf)].map(([key, group]) => [key, group.length]));

const countMails = (mails: readonly MailView[]): OrderTotals['mails'] =>
  Object.fromEntries(
    [...Map.groupBy(mails, ({ template }) => template)].map(([template, group]) => [
      template,
      { waiting: 0, sent: 0, failed: 0, ...countBy(group, ({ state }) => state) },
    ]),
  );
