import { type CustomerId, idOfName, MailId, type OrderId } from '#shared-kernel/ids';
import { CustomerUnknown } from '../domain/errors.ts';
import type { MailContent } from '../domain/mail.ts';
import { subjectOf } from '../domain/subject.ts';
import { type NotificationsScope, SendMail } from '../ports.ts';

/** A mail that somebody should get. */
export interface MailToWrite {
  /** Names what happened: of one thing that happened, one mail is written. */
  readonly because: string;
  readonly customerId: CustomerId;
  readonly orderId: OrderId;
  readonly content: MailContent;
}

/** Writes a mail, once, and has it sent. Nobody writes to customers who are erased. @throws {CustomerUnknown} */
export async function writeMail(scope: NotificationsScope, toWrite: MailToWrite): Promise<void> {
  const { mails, customers, clock, request } = scope;
  const { customerId, orderId, content } = toWrite;
  const id = mailIdOf(scope, toWrite);
  if (await mails.find(id)) return;
  const customer = await customers.find(customerId);
  if (!customer) throw new CustomerUnknown(customerId);
  if (customer.isErased) return;
  const { template } = content;
  await mails.save({
    id,
    customerId,
    orderId,
    template,
    subject: subjectOf(content),
    state: 'waiting',
    writtenAt: clock.now(),
  });
  request(SendMail({ id, payload: { mailId: id, to: customer.email, orderId, content } }));
}

/** Loads at once what writing these mails will need. */
export async function prepareMails(scope: NotificationsScope, mails: readonly MailToWrite[]): Promise<void> {
  await Promise.all([
    scope.mails.preload(mails.map((mail) => mailIdOf(scope, mail))),
    scope.customers.preload(mails.map(({ customerId }) => customerId)),
  ]);
}

const mailIdOf = ({ tenantId }: NotificationsScope, { because, content }: MailToWrite): MailId =>
  idOfName(MailId, `notifications.${content.template}`, `${tenantId}/${because}`);
