import { OrderCancelled } from '#events/checkout';
import { defineSubscriber } from '#events/messaging';
import { type MailToWrite, prepareMails, writeMail } from '../commands/write-mail.ts';
import type { NotificationsScope } from '../ports.ts';

/** Tells a customer that the order will not be delivered, and why. */
export const mailOnOrderCancelled = defineSubscriber<NotificationsScope>()({
  name: 'notifications.mailOnOrderCancelled',
  on: OrderCancelled,
  prepare: (scope, events) => prepareMails(scope, events.map(toMail)),
  handle: (scope, event) => writeMail(scope, toMail(event)),
});

const toMail = ({ data: { orderId, customerId, reason } }: OrderCancelled): MailToWrite => ({
  because: orderId,
  customerId,
  orderId,
  content: { template: 'order-cancelled', reason },
});
