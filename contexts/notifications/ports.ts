import { z } from 'zod';
import { defineRequest, type UnitScope } from '#events/messaging';
import { type CustomerId, MailId, OrderId } from '#shared-kernel/ids';
import { Money } from '#shared-kernel/money';
import type { Page, PageRequest } from '#shared-kernel/page';
import type { Customer } from './domain/customer.ts';
import type { Mail } from './domain/mail.ts';

/** Everything a command of notifications may touch inside one transaction. */
export interface NotificationsScope extends UnitScope {
  readonly mails: MailRepository;
  readonly customers: CustomerRepository;
}

export interface MailRepository {
  /** @throws {MailNotFound} */
  get(id: MailId): Promise<Mail>;
  find(id: MailId): Promise<Mail | undefined>;
  /** Loads, at once, what a batch is about to look for. */
  preload(ids: readonly MailId[]): Promise<void>;
  /** In the order they were written. */
  list(page: PageRequest, filter: MailFilter): Promise<Page<Mail>>;
  /** All that were written about the orders. */
  aboutOrders(orderIds: readonly OrderId[]): Promise<readonly Mail[]>;
  save(mail: Mail): Promise<void>;
}

export interface MailFilter {
  readonly customerId?: CustomerId | undefined;
  readonly orderId?: OrderId | undefined;
}

export interface CustomerRepository {
  find(id: CustomerId): Promise<Customer | undefined>;
  /** Loads, at once, whom a batch is about to look for. */
  preload(ids: readonly CustomerId[]): Promise<void>;
  save(customer: Customer): Promise<void>;
}

/** Whoever carries mail. A message that is handed over again has the Message-ID it had, so that it can be told for a repeat. */
export interface MailTransport {
  /** How many messages it carries at a time. */
  readonly atOnce: number;
  /** Throws where it is to be tried again: the message may have got through, or not. */
  send(message: Message, signal: AbortSignal): Promise<SendAnswer>;
}

export interface Message {
  /** As in its header: `<id@domain>`. */
  readonly messageId: string;
  /** `Shop <shop@example.com>` */
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Refused: this message, to this address, will never be taken. */
type SendAnswer = { readonly status: 'sent' } | { readonly status: 'refused'; readonly reason: string };

const Content = z.discriminatedUnion('template', [
  z.object({
    template: z.literal('order-confirmed'),
    lines: z.array(z.object({ name: z.string(), quantity: z.int() })).readonly(),
    total: Money,
  }),
  z.object({ template: z.literal('order-shipped'), isLastOfOrder: z.boolean() }),
  z.object({ template: z.literal('order-cancelled'), reason: z.string() }),
  z.object({ template: z.literal('order-refunded'), amount: Money }),
]);

/** Have a mail carried to its customer. The address is all it says of a person. */
export const SendMail = defineRequest(
  'notifications.sendMail',
  z.object({ mailId: MailId, to: z.string(), orderId: OrderId, content: Content }),
);
