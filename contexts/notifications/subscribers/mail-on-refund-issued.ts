import { RefundIssued } from '#events/billing';
import { defineSubscriber } from '#events/messaging';
import { type MailToWrite, prepareMails, writeMail } from '../commands/write-mail.ts';
import type { NotificationsScope } from '../ports.ts';

/** Tells a customer of money that comes back. */
export const mailOnRefundIssued = defineSubscriber<NotificationsScope>()({
  name: 'notifications.mailOnRefundIssued',
  on: RefundIssued,
  prepare: (scope, events) => prepareMails(scope, events.map(toMail)),
  handle: (scope, event) => writeMail(scope, toMail(event)),
});

const toMail = ({ data: { refundId, customerId, orderId, amount } }: RefundIssued): MailToWrite => ({
  because: refundId,
  customerId,
  orderId,
  content: { template: 'order-refunded', amount },
});
