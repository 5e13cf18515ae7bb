import type { ContextStore } from '#events/messaging';
import { bindTo } from '#shared-kernel/unit-of-work';
import { sendMail } from './executors/send-mail.ts';
import type { MailTransport, NotificationsScope } from './ports.ts';
import { getMail } from './queries/get-mail.ts';
import { listMailsByOrderIds } from './queries/list-mails-by-order-ids.ts';
import { listMails } from './queries/list-mails.ts';
import { keepCustomers } from './subscribers/keep-customers.ts';
import { mailOnOrderCancelled } from './subscribers/mail-on-order-cancelled.ts';
import { mailOnOrderConfirmed } from './subscribers/mail-on-order-confirmed.ts';
import { mailOnRefundIssued } from './subscribers/mail-on-refund-issued.ts';
import { mailOnShipmentDispatched } from './subscribers/mail-on-shipment-dispatched.ts';
import type { Shop } from './templates/render.ts';

export { ListMailsByOrderIds } from './queries/list-mails-by-order-ids.ts';
export { ListMails } from './queries/list-mails.ts';
export { MailView } from './queries/mail-view.ts';
export type { MailTransport, NotificationsScope } from './ports.ts';

export interface NotificationsDependencies {
  readonly transport: MailTransport;
  readonly shop: Shop;
}

/** Mail to customers about their orders: one for each thing that happened. */
export function createNotifications(
  store: ContextStore<NotificationsScope>,
  { transport, shop }: NotificationsDependencies,
) {
  const reading = bindTo(store.reading);
  return {
    commands: {},
    queries: {
      getMail: reading(getMail),
      listMails: reading(listMails),
      listMailsByOrderIds: reading(listMailsByOrderIds),
    },
    subscribers: [
      keepCustomers,
      mailOnOrderConfirmed,
      mailOnShipmentDispatched,
      mailOnOrderCancelled,
      mailOnRefundIssued,
    ],
    executors: [sendMail(transport, shop)],
  };
}
