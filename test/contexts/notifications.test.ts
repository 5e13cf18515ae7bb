import { describe, expect, test } from 'vitest';
import { CustomerErased, CustomerProfileChanged, CustomerRegistered } from '#events/accounts';
import { RefundIssued } from '#events/billing';
import { OrderCancelled, OrderConfirmed } from '#events/checkout';
import { ShipmentDispatched } from '#events/fulfillment';
import type { ContextStore, NewEvent } from '#events/messaging';
import { draftOf } from '#events/messaging/units/outbox';
import { codec } from '#events/registry';
import { createNotifications, type MailTransport, type NotificationsScope } from '#contexts/notifications';
import { notificationsInMemory } from '#contexts/notifications/in-memory';
import { notificationsOnMikroOrm } from '#contexts/notifications/mikro-orm';
import { createInMemoryTransport } from '#contexts/notifications/adapters/in-memory-transport';
import { migrations } from '#migrations/notifications';
import { CustomerId, InvoiceId, MailId, newId, OrderId, RefundId, ShipmentId } from '#shared-kernel/ids';
import { moneyOf } from '#shared-kernel/money';
import { describeOnEachAdapter, type TestContext } from '../support/context.ts';

const post = createInMemoryTransport();

/** A post office with moods: it takes everything but mail to those whom the address names. */
const transport: MailTransport = {
  atOnce: 8,
  async send(message, signal) {
    if (message.to.startsWith('down@')) throw new Error('the mail server is down');
    if (message.to.startsWith('nobody@')) return { status: 'refused', reason: 'no such user' };
    return post.send(message, signal);
  },
};

/** The store that the suite runs on now, for what happens within one unit of work. */
let store: ContextStore<NotificationsScope>;

const notifications = {
  create: (opened: ContextStore<NotificationsScope>) => {
    store = opened;
    return createNotifications(opened, { transport, shop: { name: 'Motors', from: 'Motors <shop@example.com>' } });
  },
  inMemory: notificationsInMemory,
  mikroOrm: notificationsOnMikroOrm,
  migrations,
};

const registered = (email = 'ada@example.com') => ({
  customerId: newId(CustomerId),
  name: 'Ada Lovelace',
  email,
  language: 'en',
});

const confirmed = (customerId: CustomerId) => ({
  orderId: newId(OrderId),
  customerId,
  lines: [
    { name: 'Roadster <Sport & "Fun">', quantity: 1 },
    { name: 'Wheel', quantity: 4 },
  ],
  total: moneyOf('1234.50', 'USD'),
});

describeOnEachAdapter('notifications', notifications, (open) => {
  type Desk = TestContext<ReturnType<typeof createNotifications>>;

  async function openFor(email?: string) {
    const desk = open();
    const customer = registered(email);
    await desk.given(CustomerRegistered(customer));
    return { ...desk, customerId: customer.customerId, customer };
  }

  const mailsOf = async ({ as, context }: Desk, filter: object = {}) =>
    (await as(() => context.queries.listMails({ limit: 100, ...filter }))).items;

  const receivedOf = async (desk: Desk) => {
    const ids = new Set((await mailsOf(desk)).map(({ id }) => `<${id}@example.com>`));
    return (await post.list()).filter(({ messageId }) => ids.has(messageId));
  };

  /** Hands facts to the subscriber that listens to them, in one unit of work. */
  const handleAtOnce = ({ as, context, clock }: Desk, ...facts: readonly NewEvent[]) =>
    as(() =>
      store.unitOfWork(async (scope) => {
        const events = facts.map((fact, at) =>
          codec.decode({ ...draftOf(fact, clock.now()), position: at + 1, recordedAt: clock.now() }),
        );
        const subscriber = context.subscribers.find(({ types }) => types.includes(events[0]!.type))!;
        await subscriber.prepare(scope, events);
        for (const event of events) await subscriber.handle(scope, event);
      }),
    );

  describe('a customer is written to', () => {
    test('once an order is confirmed, with what it holds and what it cost', async () => {
      const desk = await openFor();
      const order = confirmed(desk.customerId);
      await desk.given(OrderConfirmed(order));
      expect(await mailsOf(desk)).toMatchObject([
        {
          customerId: desk.customerId,
          orderId: order.orderId,
          template: 'order-confirmed',
          subject: 'Your order is confirmed',
          state: 'waiting',
        },
      ]);
      await desk.performRequests();
      const [mail, ...others] = await receivedOf(desk);
      expect(others).toEqual([]);
      expect(mail).toMatchObject({
        from: 'Motors <shop@example.com>',
        to: 'ada@example.com',
        subject: 'Your order is confirmed',
      });
      expect(mail!.text).toContain('1 × Roadster <Sport & "Fun">\n  4 × Wheel\n\nTotal: $1,234.50');
      expect(mail!.html).toContain('Roadster &lt;Sport &amp; &quot;Fun&quot;&gt;');
      expect(mail!.html).not.toContain('<Sport');
    });

    test('once a parcel is dispatched, for every parcel', async () => {
      const desk = await openFor();
      const { customerId } = desk;
      const orderId = newId(OrderId);
      const parcel = (isLastOfOrder: boolean) =>
        ShipmentDispatched({ shipmentId: newId(ShipmentId), orderId, customerId, isLastOfOrder });
      await desk.given(parcel(false), parcel(true));
      await desk.performRequests();
      expect((await receivedOf(desk)).map(({ subject }) => subject).toSorted()).toEqual([
        'A part of your order is on its way',
        'Your order is on its way',
      ]);
    });

    test('once an order is cancelled, with the reason', async () => {
      const desk = await openFor();
      const { customerId } = desk;
      await desk.given(OrderCancelled({ orderId: newId(OrderId), customerId, reason: 'out of stock: ROADSTER' }));
      await desk.performRequests();
      expect(await receivedOf(desk)).toMatchObject([
        { subject: 'Your order is cancelled', text: expect.stringContaining('Reason: out of stock: ROADSTER') },
      ]);
    });

    test('once money goes back, with the amount', async () => {
      const desk = await openFor();
      const refund = { refundId: newId(RefundId), invoiceId: newId(InvoiceId), orderId: newId(OrderId) };
      await desk.given(RefundIssued({ ...refund, customerId: desk.customerId, amount: moneyOf('500', 'JPY') }));
      await desk.performRequests();
      expect(await receivedOf(desk)).toMatchObject([{ subject: 'We have refunded ¥500' }]);
    });

    test('at the address that was given last', async () => {
      const desk = await openFor();
      await desk.given(CustomerProfileChanged({ ...desk.customer, email: 'countess@example.com' }));
      await desk.given(OrderConfirmed(confirmed(desk.customerId)));
      await desk.performRequests();
      expect(await receivedOf(desk)).toMatchObject([{ to: 'countess@example.com' }]);
    });
  });

  describe('a mail', () => {
    test('that was taken is sent, and published', async () => {
      const desk = await openFor();
      const { customerId } = desk;
      await desk.given(OrderConfirmed(confirmed(customerId)));
      await desk.performRequests();
      const [{ id: mailId } = { id: newId(MailId) }] = await mailsOf(desk);
      expect(await desk.as(() => desk.context.queries.getMail(mailId))).toMatchObject({ state: 'sent' });
      expect(await desk.published()).toEqual([
        ['notifications.MailSent', { mailId, customerId, template: 'order-confirmed' }],
      ]);
    });

    test.each(['down@example.com', 'nobody@example.com'])('that is not taken fails, and says so: %s', async (email) => {
      const desk = await openFor(email);
      const { customerId } = desk;
      await desk.given(OrderConfirmed(confirmed(customerId)));
      await desk.performRequests();
      const [mail] = await mailsOf(desk);
      expect(mail).toMatchObject({ state: 'failed' });
      expect(await desk.published()).toEqual([['notifications.MailFailed', { mailId: mail!.id, customerId }]]);
    });

    test('whose delivery is recorded twice was sent once', async () => {
      const desk = await openFor();
      const order = confirmed(desk.customerId);
      await desk.given(OrderConfirmed(order));
      await desk.performRequests();
      const [{ id: mailId } = { id: newId(MailId) }] = await mailsOf(desk);
      await desk.published();
      const [sendMail] = desk.context.executors;
      const content = { template: 'order-shipped', isLastOfOrder: true };
      const payload = { mailId, to: 'ada@example.com', orderId: order.orderId, content };
      const record = (status: string) =>
        desk.as(() =>
          store.unitOfWork((scope) => sendMail!.record(scope, { id: mailId, payload, answer: { status } })),
        );
      await record('sent');
      await record('refused');
      expect(await mailsOf(desk)).toMatchObject([{ state: 'sent' }]);
      expect(await desk.published()).toEqual([]);
    });

    test('is not written to somebody who is not known yet: that waits for the news of them', async () => {
      const desk = open();
      const customer = registered();
      const order = OrderConfirmed(confirmed(customer.customerId));
      await expect(handleAtOnce(desk, order)).rejects.toMatchObject({
        code: 'notifications.customer-unknown',
        judgedOnCopy: true,
      });
      await desk.given(CustomerRegistered(customer));
      await handleAtOnce(desk, order);
      expect(await mailsOf(desk)).toHaveLength(1);
    });

    test('is never written to somebody who is erased', async () => {
      const desk = await openFor();
      const { customerId, customer } = desk;
      await desk.given(CustomerErased({ customerId }), CustomerRegistered(customer), CustomerProfileChanged(customer));
      await desk.given(OrderConfirmed(confirmed(customerId)));
      expect(await mailsOf(desk)).toEqual([]);
    });

    test('is never written to somebody whose erasure came before everything else', async () => {
      const desk = open();
      const customer = registered();
      const { customerId } = customer;
      await desk.given(CustomerErased({ customerId }), OrderConfirmed(confirmed(customerId)));
      expect(await mailsOf(desk)).toEqual([]);
    });

    test('that nobody wrote is not found', async () => {
      const desk = open();
      const query = desk.as(() => desk.context.queries.getMail(newId(MailId)));
      await expect(query).rejects.toMatchObject({ code: 'notifications.mail-not-found' });
    });

    test('is one of each of a whole batch of facts, repeats among them', async () => {
      const desk = await openFor();
      const orders = Array.from({ length: 40 }, () => OrderConfirmed(confirmed(desk.customerId)));
      await handleAtOnce(desk, ...orders, ...orders);
      await desk.performRequests();
      await handleAtOnce(desk, ...orders);
      await desk.performRequests();
      expect((await mailsOf(desk)).filter(({ state }) => state === 'sent')).toHaveLength(40);
      expect(await receivedOf(desk)).toHaveLength(40);
      expect(await desk.published()).toHaveLength(40);
    });
  });

  test('mails are listed page by page as they were written, by customer and by order', async () => {
    const desk = await openFor();
    const { customerId } = desk;
    const other = registered();
    await desk.given(CustomerRegistered(other));
    const orders = [confirmed(customerId), confirmed(other.customerId), confirmed(customerId), confirmed(customerId)];
    for (const order of orders) {
      desk.clock.advance(1_000);
      await desk.given(OrderConfirmed(order));
    }
    await desk.given(OrderCancelled({ ...orders[0]!, reason: 'too dear' }));
    const list = (input: object) => desk.as(() => desk.context.queries.listMails({ limit: 3, ...input }));
    const first = await list({});
    const rest = await list({ after: first.next! });
    expect([...first.items, ...rest.items].map(({ orderId }) => orderId).slice(0, 3)).toEqual(
      orders.slice(0, 3).map(({ orderId }) => orderId),
    );
    expect(rest.items).toHaveLength(2);
    expect(rest.next).toBeNull();
    expect((await list({ customerId: other.customerId })).items).toHaveLength(1);
    expect((await list({ orderId: orders[0]!.orderId })).items.map(({ template }) => template)).toEqual([
      'order-confirmed',
      'order-cancelled',
    ]);
    expect((await list({ after: newId(MailId) })).items).toEqual([]);
    const orderIds = [orders[0]!.orderId, newId(OrderId), orders[2]!.orderId];
    const about = await desk.as(() => desk.context.queries.listMailsByOrderIds({ orderIds }));
    expect(about.map(({ orderId }) => orderId).toSorted()).toEqual(
      [orders[0]!, orders[0]!, orders[2]!].map(({ orderId }) => orderId).toSorted(),
    );
    expect(await desk.as(() => desk.context.queries.listMailsByOrderIds({ orderIds: [] }))).toEqual([]);
  });
});

test('as many mails are sent at a time as the transport carries', () => {
  const shop = { name: 'Motors', from: 'Motors <shop@example.com>' };
  const { executors } = createNotifications(store, { transport: { ...transport, atOnce: 3 }, shop });
  expect(executors.map(({ concurrency }) => concurrency)).toEqual([3]);
});
