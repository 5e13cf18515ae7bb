import { describe, expect, test } from 'vitest';
import { CustomerErased, CustomerProfileChanged, CustomerRegistered } from '#events/accounts';
import { OrderConfirmed } from '#events/checkout';
import type { NewEvent } from '#events/messaging';
import { InMemoryLog } from '#events/messaging/adapters/in-memory/log';
import { InMemoryStore } from '#events/messaging/adapters/in-memory/store';
import { draftOf } from '#events/messaging/units/outbox';
import { codec } from '#events/registry';
import { createNotifications } from '#contexts/notifications';
import { notificationsInMemory } from '#contexts/notifications/in-memory';
import { systemClock } from '#shared-kernel/clock';
import { MailId, newId } from '#shared-kernel/ids';
import {
  confirmed,
  describeNotifications,
  type Desk,
  mailsOf,
  receivedOf,
  registered,
  shop,
  transport,
} from './desk.ts';

/** Hands facts to the subscriber that listens to them, in one unit of work. */
const handleAtOnce = ({ as, context, clock }: Desk, ...facts: readonly NewEvent[]) =>
  as(() =>
    context.store.unitOfWork(async (scope) => {
      const events = facts.map((fact, at) =>
        codec.decode({ ...draftOf(fact, clock.now()), position: at + 1, recordedAt: clock.now() }),
      );
      const subscriber = context.subscribers.find(({ types }) => types.includes(events[0]!.type))!;
      await subscriber.prepare(scope, events);
      for (const event of events) await subscriber.handle(scope, event);
    }),
  );

describeNotifications((openFor, open) => {
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
          desk.context.store.unitOfWork((scope) =>
            sendMail!.record(scope, { id: mailId, payload, answer: { status } }),
          ),
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
});

test('as many mails are sent at a time as the transport carries', () => {
  const store = new InMemoryStore(notificationsInMemory, new InMemoryLog(), systemClock);
  const { executors } = createNotifications(store, { transport: { ...transport, atOnce: 3 }, shop });
  expect(executors.map(({ concurrency }) => concurrency)).toEqual([3]);
});
