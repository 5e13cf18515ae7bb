import { describe, expect, test } from 'vitest';
import { CustomerErased, CustomerRegistered } from '#events/accounts';
import { OrderCancelled, OrderPlaced } from '#events/checkout';
import { StockReserved } from '#events/fulfillment';
import type { ContextStore, NewEvent } from '#events/messaging';
import { draftOf } from '#events/messaging/units/outbox';
import { codec } from '#events/registry';
import { type BillingScope, createBilling } from '#contexts/billing';
import { billingInMemory } from '#contexts/billing/in-memory';
import { billingOnMikroOrm } from '#contexts/billing/mikro-orm';
import { migrations } from '#migrations/billing';
import { CustomerId, InvoiceId, newId, OrderId, ProductId, RefundId } from '#shared-kernel/ids';
import { formatAmount, moneyOf, sumOf } from '#shared-kernel/money';
import { createInMemoryLedger, createSandboxGateway } from '#contexts/billing/adapters/sandbox-gateway';
import { describeOnEachAdapter, type TestContext } from '../support/context.ts';

const gateway = createSandboxGateway({ ledger: createInMemoryLedger(), hang: 1 });

/** The store that the suite runs on now, for tests of whole batches. */
let store: ContextStore<BillingScope>;

const billing = {
  create: (opened: ContextStore<BillingScope>) => {
    store = opened;
    return createBilling(opened, { gateway });
  },
  inMemory: billingInMemory,
  mikroOrm: billingOnMikroOrm,
  migrations,
};

const dollars = (amount: string) => moneyOf(amount, 'USD');

const billTo = {
  recipient: 'Ada Lovelace',
  street: '12 St James Square',
  city: 'London',
  postalCode: 'SW1Y 4JH',
  country: 'GB',
};

const line = (unitPrice: string, more: object = {}) => ({
  productId: newId(ProductId),
  sku: 'ROADSTER',
  name: 'Roadster',
  quantity: 1,
  unitPrice: dollars(unitPrice),
  discount: '0',
  taxClass: 'standard' as const,
  ...more,
});

const placed = (paymentToken = 'tok_approve', more: object = {}) => ({
  orderId: newId(OrderId),
  customerId: newId(CustomerId),
  lines: [line('19.9950', { quantity: 3 })],
  subtotal: dollars('59.985'),
  tax: dollars('4.7988'),
  freight: dollars('0'),
  total: dollars('64.78'),
  shipTo: billTo,
  billTo,
  paymentToken,
  ...more,
});
type Placed = ReturnType<typeof placed>;

const cancelled = ({ orderId, customerId }: Placed, reason = 'too dear') =>
  OrderCancelled({ orderId, customerId, reason });

/** All orders in which three facts can come. */
const PERMUTATIONS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

describeOnEachAdapter('billing', billing, (open) => {
  type Office = TestContext<ReturnType<typeof createBilling>>;

  const invoicesOf = async ({ as, context }: Office, { orderId }: Placed) =>
    (await as(() => context.queries.listInvoices({ limit: 10, orderId }))).items;

  const invoiceOf = async (office: Office, order: Placed) => {
    const [invoice, ...others] = await invoicesOf(office, order);
    expect(others).toEqual([]);
    return invoice!;
  };

  const stateOf = async (office: Office, order: Placed) => {
    const { status, captured, refunded } = await invoiceOf(office, order);
    return [status, formatAmount(captured), formatAmount(refunded)];
  };

  const typesPublished = async (office: Office) => (await office.published()).map(([type]) => type);

  /** How often the gateway took money for these invoices, and how often it gave some back. */
  async function movedFor(invoices: readonly { readonly id: InvoiceId }[]) {
    const concerns = (reference: string) => invoices.some(({ id }) => reference.includes(id));
    const outcomes = (await gateway.readLedger()).map(({ outcome }) => outcome);
    return {
      captures: outcomes.filter((end) => end?.status === 'captured' && concerns(end.reference)).length,
      refunds: outcomes.filter((end) => end?.status === 'refunded' && concerns(end.captureReference)).length,
    };
  }

  const bill = async (office: Office, order: Placed) =>
    office.given(OrderPlaced(order), StockReserved({ orderId: order.orderId }));

  const billAndPay = async (office: Office, order = placed()) => {
    await bill(office, order);
    await office.performRequests();
    await office.published();
    return order;
  };

  describe('an order', () => {
    test.each(['placed first', 'reserved first'])('is billed once its stock is reserved: %s', async (first) => {
      const office = open();
      const order = placed();
      const facts = [OrderPlaced(order), StockReserved({ orderId: order.orderId })];
      const [early, late] = first === 'placed first' ? facts : facts.toReversed();
      await office.given(early!);
      expect(await invoicesOf(office, order)).toEqual([]);
      await office.given(late!);
      expect(await stateOf(office, order)).toEqual(['issued', '0.00', '0.00']);
      const { id: invoiceId, orderId, customerId, total } = await invoiceOf(office, order);
      expect(await office.published()).toEqual([['billing.InvoiceIssued', { invoiceId, orderId, customerId, total }]]);
      expect(formatAmount(total)).toBe('64.78');
    });

    test('is billed to the address it names, at its own amounts, under a readable number', async () => {
      const office = open();
      const order = placed();
      await bill(office, order);
      const invoice = await invoiceOf(office, order);
      expect(invoice).toMatchObject({ billTo, taxId: null, issuedAt: office.clock.now() });
      expect(invoice.number).toMatch(/^INV-20260101-[0-9A-Z]{10}$/);
      expect(invoice.lines).toEqual([
        {
          lineNumber: 1,
          sku: 'ROADSTER',
          name: 'Roadster',
          taxClass: 'standard',
          quantity: 3,
          unitPrice: dollars('19.9950'),
          discount: '0',
          tax: dollars('4.7988'),
        },
      ]);
      expect([invoice.subtotal, invoice.tax, invoice.freight].map(formatAmount)).toEqual(['59.985', '4.7988', '0.00']);
    });

    test('has its tax shared out to its taxed lines by their amounts, exactly', async () => {
      const office = open();
      const lines = [
        line('10', { discount: '0.25' }),
        line('7.50'),
        line('0.0001', { quantity: 75_000 }),
        line('99', { taxClass: 'exempt' }),
      ];
      const order = placed('tok_approve', { lines, tax: dollars('1') });
      await bill(office, order);
      const { lines: billed } = await invoiceOf(office, order);
      expect(billed.map(({ tax }) => formatAmount(tax))).toEqual(['0.3334', '0.3333', '0.3333', '0.00']);
      expect(
        sumOf(
          billed.map(({ tax }) => tax),
          order.total.currency,
        ),
      ).toEqual(order.tax);
      expect(billed[0]!.discount).toBe('0.25');
    });

    test.each(PERMUTATIONS.filter(([, , last]) => last !== 2))(
      'that is cancelled before it could be billed is never billed (%i %i %i)',
      async (...sequence) => {
        const office = open();
        const order = placed();
        const facts = [OrderPlaced(order), StockReserved({ orderId: order.orderId }), cancelled(order)];
        await office.given(...sequence.map((at) => facts[at]!));
        expect(await invoicesOf(office, order)).toEqual([]);
        expect(await office.published()).toEqual([]);
      },
    );

    test('over nothing is paid without asking anybody for money, and void once it is cancelled', async () => {
      const office = open();
      const order = placed('tok_decline', { total: dollars('0') });
      await bill(office, order);
      expect(await stateOf(office, order)).toEqual(['paid', '0.00', '0.00']);
      await office.given(cancelled(order));
      await office.performRequests();
      expect(await stateOf(office, order)).toEqual(['void', '0.00', '0.00']);
      expect(await typesPublished(office)).toEqual(['billing.InvoiceIssued', 'billing.PaymentCaptured']);
    });
  });

  describe('a payment', () => {
    test('is captured once, and the invoice is paid', async () => {
      const office = open();
      const order = await billAndPay(office);
      expect(await stateOf(office, order)).toEqual(['paid', '64.78', '0.00']);
      await bill(office, order);
      await office.performRequests();
      expect(await movedFor(await invoicesOf(office, order))).toEqual({ captures: 1, refunds: 0 });
    });

    test('that is captured is published', async () => {
      const office = open();
      const order = placed();
      await bill(office, order);
      await office.published();
      await office.performRequests();
      const { id: invoiceId } = await invoiceOf(office, order);
      const { orderId, total: amount } = order;
      expect(await office.published()).toEqual([['billing.PaymentCaptured', { invoiceId, orderId, amount }]]);
    });

    test('that is declined is published with its reason', async () => {
      const office = open();
      const order = placed('tok_decline');
      await bill(office, order);
      await office.published();
      await office.performRequests();
      expect(await stateOf(office, order)).toEqual(['declined', '0.00', '0.00']);
      const { id: invoiceId } = await invoiceOf(office, order);
      const declined = { invoiceId, orderId: order.orderId, reason: 'insufficient funds' };
      expect(await office.published()).toEqual([['billing.PaymentDeclined', declined]]);
    });

    test.each(['tok_timeout', 'tok_fail_once'])('that is not answered at first is captured once: %s', async (token) => {
      const office = open();
      const order = await billAndPay(office, placed(token));
      expect(await stateOf(office, order)).toEqual(['paid', '64.78', '0.00']);
      expect(await movedFor(await invoicesOf(office, order))).toEqual({ captures: 1, refunds: 0 });
    });

    test('that is never answered is declined once it is certain that it never will be captured', async () => {
      const office = open();
      const order = placed('tok_outage');
      await bill(office, order);
      await office.published();
      await office.performRequests();
      expect(await stateOf(office, order)).toEqual(['declined', '0.00', '0.00']);
      const { id: invoiceId } = await invoiceOf(office, order);
      const reason = 'the payment gateway could not be reached';
      expect(await office.published()).toEqual([
        ['billing.PaymentDeclined', { invoiceId, orderId: order.orderId, reason }],
      ]);
      const entry = (await gateway.readLedger()).find(({ key }) => key.endsWith(invoiceId));
      expect(entry).toMatchObject({ outcome: { status: 'void' } });
    });

    test('whose answers were all lost is found to be captured', async () => {
      const office = open();
      const order = await billAndPay(office, placed('tok_lost_answer'));
      expect(await stateOf(office, order)).toEqual(['paid', '64.78', '0.00']);
      expect(await movedFor(await invoicesOf(office, order))).toEqual({ captures: 1, refunds: 0 });
    });
  });

  describe('the invoice of a cancelled order', () => {
    test('that was paid is refunded, once', async () => {
      const office = open();
      const order = await billAndPay(office);
      await office.given(cancelled(order));
      expect(await stateOf(office, order)).toEqual(['paid', '64.78', '0.00']);
      await office.performRequests();
      await office.given(cancelled(order));
      await office.performRequests();
      const { id: invoiceId, reason } = await invoiceOf(office, order);
      expect([reason, ...(await stateOf(office, order))]).toEqual(['too dear', 'refunded', '64.78', '64.78']);
      const { orderId, customerId, total: amount } = order;
      expect(await office.published()).toMatchObject([
        ['billing.RefundIssued', { invoiceId, orderId, customerId, amount }],
      ]);
      expect(await movedFor(await invoicesOf(office, order))).toEqual({ captures: 1, refunds: 1 });
    });

    test('whose payment is under way is refunded as soon as it is captured', async () => {
      const office = open();
      const order = placed();
      await bill(office, order);
      await office.given(cancelled(order));
      expect(await invoiceOf(office, order)).toMatchObject({ status: 'issued', refundRequested: true });
      await office.performRequests();
      expect(await stateOf(office, order)).toEqual(['refunded', '64.78', '64.78']);
      expect(await typesPublished(office)).toEqual([
        'billing.InvoiceIssued',
        'billing.PaymentCaptured',
        'billing.RefundIssued',
      ]);
    });

    test.each(['tok_decline', 'tok_outage'])('is void when nothing is captured after all: %s', async (token) => {
      const office = open();
      const order = placed(token);
      await bill(office, order);
      await office.given(cancelled(order));
      await office.performRequests();
      expect(await stateOf(office, order)).toEqual(['void', '0.00', '0.00']);
    });

    test('that was declined is void', async () => {
      const office = open();
      const order = await billAndPay(office, placed('tok_decline'));
      await office.given(cancelled(order, 'payment declined: insufficient funds'));
      expect(await stateOf(office, order)).toEqual(['void', '0.00', '0.00']);
      expect(await office.published()).toEqual([]);
    });
  });

  describe('an operator', () => {
    const refund = ({ as, context }: Office, invoiceId: InvoiceId, reason = 'scratched') =>
      as(() => context.commands.refundInvoice({ invoiceId, reason }));

    test('can give all the money for an invoice back, once', async () => {
      const office = open();
      const order = await billAndPay(office);
      const { id } = await invoiceOf(office, order);
      await refund(office, id);
      await refund(office, id, 'scratched, I said');
      await office.performRequests();
      await office.given(cancelled(order));
      await office.performRequests();
      expect(await invoiceOf(office, order)).toMatchObject({ status: 'refunded', reason: 'scratched' });
      expect(await typesPublished(office)).toEqual(['billing.RefundIssued']);
      expect(await movedFor([{ id }])).toEqual({ captures: 1, refunds: 1 });
    });

    test.each(['tok_approve', 'tok_decline'])('cannot give back what was not captured: %s', async (token) => {
      const office = open();
      const order = placed(token);
      await bill(office, order);
      if (token === 'tok_decline') await office.performRequests();
      const { id } = await invoiceOf(office, order);
      await expect(refund(office, id)).rejects.toMatchObject({ code: 'billing.invoice-not-refundable' });
    });

    test('cannot refund an invoice that does not exist', async () => {
      await expect(refund(open(), newId(InvoiceId))).rejects.toMatchObject({ code: 'billing.invoice-not-found' });
    });
  });

  describe('what is captured less what is refunded', () => {
    const tokens = ['tok_approve', 'tok_decline', 'tok_timeout', 'tok_fail_once', 'tok_outage', 'tok_lost_answer'];
    test.each(tokens)('is what the invoice says, whatever comes when: %s', async (token) => {
      const office = open();
      for (const pauses of [0, 1, 2, 3, 4, 5, 6, 7]) {
        const orders = PERMUTATIONS.map((sequence) => {
          const order = placed(token);
          const facts = [OrderPlaced(order), StockReserved({ orderId: order.orderId }), cancelled(order)];
          return { order, facts: sequence.map((at) => facts[at]!) };
        });
        for (const step of [0, 1, 2]) {
          await office.givenAtOnce(...orders.map(({ facts }) => facts[step]!));
          if (pauses & (1 << step)) await office.performRequests();
        }
        await office.performRequests();
        for (const { order } of orders) {
          const invoices = await invoicesOf(office, order);
          const { captures, refunds } = await movedFor(invoices);
          expect(captures).toBe(refunds);
          expect(invoices.map(({ captured, refunded }) => [captured, refunded].map(formatAmount))).toEqual(
            invoices.map(() => (captures === 1 ? ['64.78', '64.78'] : ['0.00', '0.00'])),
          );
        }
      }
    });
  });

  test('an answer of the gateway that is recorded twice counts once', async () => {
    const office = open();
    const order = await billAndPay(office);
    const { id: invoiceId } = await invoiceOf(office, order);
    const record = (kind: string, payload: object, answer: object) =>
      office.as(() =>
        store.unitOfWork((scope) =>
          office.context.executors
            .find((executor) => executor.kind === kind)!
            .record(scope, { id: invoiceId, payload: { invoiceId, ...payload }, answer }),
        ),
      );
    const amount = { amount: '64.78', currency: 'USD' };
    const capture = { token: 'tok_approve', amount, reference: 'again' };
    const refund = { refundId: newId(RefundId), captureReference: 'again', amount };
    await expect(
      record('billing.capturePayment', capture, { status: 'captured', reference: 'again' }),
    ).resolves.toBeUndefined();
    await expect(record('billing.voidCapture', {}, { status: 'void' })).resolves.toBeUndefined();
    await expect(
      record('billing.refundPayment', refund, { status: 'refunded', reference: 'again' }),
    ).resolves.toBeUndefined();
    expect(await stateOf(office, order)).toEqual(['paid', '64.78', '0.00']);
    expect(await office.published()).toEqual([]);
  });

  test('a cancellation that races with its capture always ends with nothing kept', async () => {
    const office = open();
    const orders = Array.from({ length: 25 }, () => placed());
    for (const order of orders) await bill(office, order);
    await Promise.all([office.performRequests(), office.given(...orders.map((order) => cancelled(order)))]);
    await office.performRequests();
    for (const order of orders) {
      expect(await stateOf(office, order)).toEqual(['refunded', '64.78', '64.78']);
      expect(await movedFor(await invoicesOf(office, order))).toEqual({ captures: 1, refunds: 1 });
    }
  });

  describe('a customer', () => {
    const registered = () => ({ customerId: newId(CustomerId), name: 'Ada', email: 'ada@example.com', language: 'en' });

    test('who gave a tax id finds it on the next invoice', async () => {
      const office = open();
      const customer = registered();
      const { customerId } = customer;
      await office.given(CustomerRegistered(customer));
      const { changeBillingDetails } = office.context.commands;
      await office.as(() => changeBillingDetails({ customerId, taxId: 'GB123456789' }));
      await office.as(() => changeBillingDetails({ customerId, billingAddress: billTo }));
      const details = await office.as(() => office.context.queries.getBillingDetails(customerId));
      expect(details).toEqual({ customerId, billingAddress: billTo, taxId: 'GB123456789' });
      const order = placed('tok_approve', { customerId });
      await bill(office, order);
      expect(await invoiceOf(office, order)).toMatchObject({ taxId: 'GB123456789' });
    });

    test('can take a tax id back', async () => {
      const office = open();
      const customer = registered();
      const { customerId } = customer;
      await office.given(CustomerRegistered(customer));
      await office.as(() => office.context.commands.changeBillingDetails({ customerId, taxId: 'GB1' }));
      await office.as(() => office.context.commands.changeBillingDetails({ customerId, taxId: null }));
      expect(await office.as(() => office.context.queries.getBillingDetails(customerId))).toMatchObject({
        taxId: null,
      });
    });

    test('who is erased keeps the invoices the law wants, and no billing details', async () => {
      const office = open();
      const customer = registered();
      const { customerId } = customer;
      await office.given(CustomerRegistered(customer));
      await office.as(() => office.context.commands.changeBillingDetails({ customerId, taxId: 'GB1' }));
      const order = await billAndPay(office, placed('tok_approve', { customerId }));
      await office.given(CustomerErased({ customerId }), CustomerRegistered(customer));
      expect(await invoiceOf(office, order)).toMatchObject({ billTo, taxId: 'GB1' });
      const change = office.as(() => office.context.commands.changeBillingDetails({ customerId, taxId: 'GB2' }));
      await expect(change).rejects.toMatchObject({ code: 'billing.customer-unknown', judgedOnCopy: true });
    });

    test('nobody registered has no billing details', async () => {
      const office = open();
      const customerId = newId(CustomerId);
      const change = office.as(() => office.context.commands.changeBillingDetails({ customerId, taxId: 'GB2' }));
      await expect(change).rejects.toMatchObject({ code: 'billing.customer-unknown' });
    });
  });

  test('invoices are listed page by page, by customer and by status', async () => {
    const office = open();
    const customerId = newId(CustomerId);
    const orders = [
      placed('tok_approve', { customerId }),
      placed('tok_approve', { customerId }),
      placed('tok_decline'),
    ];
    for (const order of orders) await bill(office, order);
    await office.performRequests();
    const list = (input: object) => office.as(() => office.context.queries.listInvoices({ limit: 2, ...input }));
    const first = await list({});
    const rest = await list({ after: first.next! });
    expect([...first.items, ...rest.items].map(({ orderId }) => orderId)).toEqual(orders.map(({ orderId }) => orderId));
    expect(rest.next).toBeNull();
    expect((await list({ customerId })).items).toHaveLength(2);
    expect((await list({ status: 'declined' })).items.map(({ orderId }) => orderId)).toEqual([orders[2]!.orderId]);
    const orderIds = [orders[0]!.orderId, newId(OrderId), orders[2]!.orderId];
    const found = await office.as(() => office.context.queries.listInvoicesByOrderIds({ orderIds }));
    expect(found.map(({ orderId, lines }) => [orderId, lines.length])).toEqual(
      [orders[0]!, orders[2]!].map(({ orderId, lines }) => [orderId, lines.length]),
    );
    expect(await office.as(() => office.context.queries.listInvoicesByOrderIds({ orderIds: [] }))).toEqual([]);
  });

  test('a batch of many facts in one unit of work comes to the same as one after the other', async () => {
    const office = open();
    const [billOrders] = office.context.subscribers;
    const orders = Array.from({ length: 40 }, () => placed());
    const dropped = new Set(orders.filter((_, at) => at % 3 === 0));
    const facts: NewEvent[] = [
      ...orders.map((order) => StockReserved({ orderId: order.orderId })),
      ...orders.flatMap((order) => [OrderPlaced(order), OrderPlaced(order)]),
      ...[...dropped].map((order) => cancelled(order)),
    ];
    await office.as(() =>
      store.unitOfWork(async (scope) => {
        const events = facts.map((fact, at) =>
          codec.decode({ ...draftOf(fact, office.clock.now()), position: at + 1, recordedAt: office.clock.now() }),
        );
        await billOrders!.prepare(scope, events);
        for (const event of events) await billOrders!.handle(scope, event);
      }),
    );
    await office.performRequests();
    for (const order of orders) {
      const expected = dropped.has(order) ? ['refunded', '64.78', '64.78'] : ['paid', '64.78', '0.00'];
      expect(await stateOf(office, order)).toEqual(expected);
    }
  });
});
