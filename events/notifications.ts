import { z } from 'zod';
import { defineEvent, type EventOf } from '#events/messaging';
import { CustomerId, MailId } from '#shared-kernel/ids';

/** A mail was handed to the mail server. */
export const MailSent = defineEvent(
  'notifications.MailSent',
  1,
  z.object({
    mailId: MailId,
    customerId: CustomerId,
    template: z.enum(['order-confirmed', 'order-shipped', 'order-cancelled', 'order-refunded']),
  }),
  { key: 'mailId' },
);
export type MailSent = EventOf<typeof MailSent>;

/** A mail could not be handed over, for good. */
export const MailFailed = defineEvent(
  'notifications.MailFailed',
  1,
  z.object({ mailId: MailId, customerId: CustomerId }),
  {
    key: 'mailId',
  },
);
export type MailFailed = EventOf<typeof MailFailed>;
