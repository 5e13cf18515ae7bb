import { CustomerRegistered } from '#events/accounts';
import type { ContextStore } from '#events/messaging';
import { createNotifications, type MailTransport, type NotificationsScope } from '#contexts/notifications';
import { createInMemoryTransport } from '#contexts/notifications/adapters/in-memory-transport';
import { notificationsInMemory } from '#contexts/notifications/in-memory';
import { notificationsOnMikroOrm } from '#contexts/notifications/mikro-orm';
import { migrations } from '#migrations/notifications';
import { CustomerId, newId, OrderId } from '#shared-kernel/ids';
import { moneyOf } from '#shared-kernel/money';
import { describeOnEachAdapter, type TestContext } from '../../support/context.ts';

const post = createInMemoryTransport();

/** A post office with moods: it takes everything but mail to those whom the address names. */
export const transport: MailTransport = {
  atOnce: 8,
  async send(message, signal) {
    if (message.to.startsWith('down@')) throw new Error('the mail server is down');
    if (message.to.startsWith('nobody@')) return { status: 'refused', reason: 'no such user' };
    return post.send(message, signal);
  },
};

export const shop = { name: 'Motors', from: 'Motors <shop@example.com>' };

const notifications = {
  create: (store: ContextStore<NotificationsScope>) => ({ ...createNotifications(store, { transport, shop }), store }),
  inMemory: notificationsInMemory,
  mikroOrm: notificationsOnMikroOrm,
  migrations,
};

export type Desk = TestContext<ReturnType<typeof notifications.create>>;

/** A desk that knows a customer. */
interface AcquaintedDesk extends Desk {
  readonly customerId: CustomerId;
  readonly customer: ReturnType<typeof registered>;
}

type OpenFor = (email?: string) => Promise<AcquaintedDesk>;

export const describeNotifications = (suite: (openFor: OpenFor, open: () => Desk) => void) =>
  describeOnEachAdapter('notifications', notifications, (open) =>
    suite(async (email) => {
      const desk = open();
      const customer = registered(email);
      await desk.given(CustomerRegistered(customer));
      return { ...desk, customerId: customer.customerId, customer };
    }, open),
  );

export const registered = (email = 'ada@example.com') => ({
  customerId: newId(CustomerId),
  name: 'Ada Lovelace',
  email,
  language: 'en',
});

export const confirmed = (customerId: CustomerId) => ({
  orderId: newId(OrderId),
  customerId,
  lines: [
    { name: 'Roadster <Sport & "Fun">', quantity: 1 },
    { name: 'Wheel', quantity: 4 },
  ],
  total: moneyOf('1234.50', 'USD'),
});

export const mailsOf = async ({ as, context }: Desk, filter: object = {}) =>
  (await as(() => context.queries.listMails({ limit: 100, ...filter }))).items;

export const receivedOf = async (desk: Desk) => {
  const ids = new Set((await mailsOf(desk)).map(({ id }) => `<${id}@example.com>`));
  return (await post.list()).filter(({ messageId }) => ids.has(messageId));
};
