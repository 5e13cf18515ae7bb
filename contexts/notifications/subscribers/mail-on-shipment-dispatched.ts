import { ShipmentDispatched } from '#events/fulfillment';
import { defineSubscriber } from '#events/messaging';
import { type MailToWrite, prepareMails, writeMail } from '../commands/write-mail.ts';
import type { NotificationsScope } from '../ports.ts';

/** Tells a customer of every parcel that is on its way. */
export const mailOnShipmentDispatched = defineSubscriber<NotificationsScope>()({
  name: 'notifications.mailOnShipmentDispatched',
  on: ShipmentDispatched,
  prepare: (scope, events) => prepareMails(scope, events.map(toMail)),
  handle: (scope, event) => writeMail(scope, toMail(event)),
});

const toMail = ({ data: { shipmentId, customerId, orderId, isLastOfOrder } }: ShipmentDispatched): MailToWrite => ({
  because: shipmentId,
  customerId,
  orderId,
  content: { template: 'order-shipped', isLastOfOrder },
});
