import { z } from 'zod';
import { CustomerId, MailId, OrderId } from '#shared-kernel/ids';
import { Instant } from '#shared-kernel/instant';
import type { Mail } from '../domain/mail.ts';

/** A mail as others may see it: to whom and what about, but neither its address nor its text. */
export const MailView = z.object({
  id: MailId,
  customerId: CustomerId,
  orderId: OrderId,
  template: z.enum(['order-confirmed', 'order-shipped', 'order-cancelled', 'order-refunded']),
  subject: z.string(),
  state: z.enum(['waiting', 'sent', 'failed']),
  writtenAt: Instant,
});
export type MailView = z.output<typeof MailView>;

export const viewMail = (mail: Mail): MailView => mail;
