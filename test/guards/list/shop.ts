import type { Guard } from '../guard.ts';

const STOCK = 'contexts/fulfillment/adapters/mikro-orm/stock.ts';
const CAPTURE = 'contexts/billing/executors/capture-payment.ts';
const ORDER_PROCESS = 'contexts/checkout/processes/order-process.ts';
const RACES = 'test/contexts/fulfillment/races.test.ts';
const PLACED_ORDER = 'test/contexts/fulfillment/placed-order.test.ts';
const PAYMENT = 'test/contexts/billing/payment.test.ts';
const ORDER = 'test/contexts/checkout/order.test.ts';

/** What the shop itself must never do. */
export const shop: readonly Guard[] = [
  {
    name: 'stock-locked',
    hazard: 'a piece is sold twice',
    promise: 'whoever decides about stock has locked it',
    edits: [{ file: STOCK, snippet: '{ ...IN_ORDER, ...LOCKING }', replacement: '{ ...IN_ORDER }' }],
    noticedBy: {
      file: RACES,
      title:
        'two processes of fulfillment on one database > never promise a piece twice, whoever moves the stock or writes it off meanwhile',
    },
  },
  {
    name: 'stock-locked-in-order',
    hazard: 'a piece is sold twice',
    promise: 'stock is locked in one order, so that nobody waits for each other',
    edits: [{ file: STOCK, snippet: '{ ...IN_ORDER, ...LOCKING }', replacement: '{ ...LOCKING }' }],
    noticedBy: {
      file: 'test/contexts/fulfillment/lock-order.test.ts',
      title:
        'stock is locked in one order, whoever asks for it: two who want the same products never wait for each other',
    },
  },
  {
    name: 'reserved-is-on-hand',
    hazard: 'a piece is sold twice',
    promise: 'the database itself refuses to reserve what is not on hand',
    edits: [
      {
        file: 'migrations/fulfillment/0001_create_stock.ts',
        snippet: 'check (0 <= reserved and reserved <= on_hand)',
        replacement: 'check (true)',
      },
    ],
    noticedBy: {
      file: RACES,
      title:
        'two processes of fulfillment on one database > cannot break the rule that what is reserved is on hand, not even past all code',
    },
  },
  {
    name: 'shortage-rejects',
    hazard: 'a piece is sold twice',
    promise: 'an order for more than is available is rejected whole',
    edits: [
      {
        file: 'contexts/fulfillment/domain/allocation.ts',
        snippet: '.filter(({ requested, available }) => requested > available)',
        replacement: '.filter(({ requested, available }) => requested < available - 1e9)',
      },
    ],
    noticedBy: {
      file: PLACED_ORDER,
      title:
        'fulfillment on PostgreSQL > an order that is placed > for more than is available is rejected whole, naming everything that is short',
    },
  },
  {
    name: 'reserved-once',
    hazard: 'a piece is sold twice',
    promise: 'an order that is heard twice, or after its cancellation, reserves nothing',
    edits: [
      {
        file: 'contexts/fulfillment/commands/reserve-stock.ts',
        snippet: `if (known && known.status !== 'awaited') return;`,
        replacement: '',
      },
    ],
    noticedBy: {
      file: PLACED_ORDER,
      title: 'fulfillment on PostgreSQL > an order that is placed > has its stock reserved, once',
    },
  },
  {
    name: 'captured-under-one-key',
    hazard: 'a customer pays twice',
    promise: 'the money for an invoice is only ever asked for under one key',
    edits: [
      {
        file: CAPTURE,
        snippet: 'idempotencyKey: captureKeyOf(invoiceId), token',
        replacement: 'idempotencyKey: `${captureKeyOf(invoiceId)}/${performance.now()}`, token',
      },
    ],
    noticedBy: {
      file: PAYMENT,
      title: 'billing on PostgreSQL > a payment > whose answers were all lost is found to be captured',
    },
  },
  {
    name: 'silence-is-no-refusal',
    hazard: 'a customer pays twice',
    promise: 'a capture that was never answered is voided before anything is said of it',
    edits: [
      {
        file: CAPTURE,
        snippet: 'recordNoAnswer(scope, invoiceId)',
        replacement: `recordDecline(scope, invoiceId, 'no answer').then(() => void recordNoAnswer)`,
      },
    ],
    noticedBy: {
      file: PAYMENT,
      title: 'billing on PostgreSQL > a payment > whose answers were all lost is found to be captured',
    },
  },
  {
    name: 'capture-recorded-once',
    hazard: 'a customer pays twice',
    promise: 'an answer of the gateway that comes twice counts once',
    edits: [
      {
        file: 'contexts/billing/commands/record-payment.ts',
        snippet: 'if (!isPaymentPending(invoice)) return; const paid',
        replacement: 'const paid',
      },
    ],
    noticedBy: {
      file: PAYMENT,
      title: 'billing on PostgreSQL > an answer of the gateway that is recorded twice counts once',
    },
  },
  {
    name: 'late-time-limit-ignored',
    hazard: 'an order ends twice',
    promise: 'a time limit that comes after what it waited for is ignored',
    edits: [
      {
        file: ORDER_PROCESS,
        snippet: `!cancellationRequested && status === (awaiting === 'confirmation' ? 'placed' : 'confirmed');`,
        replacement: `!cancellationRequested && awaiting !== (status as string);`,
      },
    ],
    noticedBy: {
      file: ORDER,
      title: 'checkout on PostgreSQL > an order > ignores a time limit that comes late',
    },
  },
  {
    name: 'over-is-over',
    hazard: 'an order ends twice',
    promise: 'an order that is over stays as it is, whatever is heard late',
    edits: [
      {
        file: ORDER_PROCESS,
        snippet: `const isWaiting = ({ status }: Order) => status === 'placed';`,
        replacement: `const isWaiting = ({ status }: Order) => status !== 'shipped';`,
      },
    ],
    noticedBy: {
      file: ORDER,
      title: 'checkout on PostgreSQL > an order > that is over stays as it is, whatever is heard late',
    },
  },
  {
    name: 'no-confirmation-after-cancellation',
    hazard: 'an order ends twice',
    promise: 'an order whose cancellation is asked for is not confirmed meanwhile',
    edits: [
      {
        file: ORDER_PROCESS,
        snippet: 'when(isWaiting(order) && !order.cancellationRequested, {',
        replacement: 'when(isWaiting(order), {',
      },
    ],
    noticedBy: {
      file: ORDER,
      title:
        'checkout on PostgreSQL > an order > whose cancellation is asked for waits until fulfillment has released it',
    },
  },
];
