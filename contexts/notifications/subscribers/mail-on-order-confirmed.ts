import { OrderConfirmed } from '#events/checkout';
import { defineSubscriber } from '#events/messaging';
import { type MailToWrite, prepareMails, writeMail } from '../commands/write-mail.ts';
import type { NotificationsScope } from '../ports.ts';

/** Tells a customer that the order will be delivered. */
export const mailOnOrderConfirmed = defineSubscriber<NotificationsScope>()({
  name: 'notifications.mailOnOrderConfirmed',
  on: OrderConfirmed,
  prepare: (scope, events) => prepareMails(scope, events.map(toMail)),
  handle: (scope, event) => writeMail(scope, toMail(event)),
});

const toMail = ({ data: { orderId, customerId, lines, total } }: OrderConfirmed): MailToWrite => ({
  because: orderId,
  customerId,
  orderId,
  content: { template: 'order-confirmed', lines, total },
});
