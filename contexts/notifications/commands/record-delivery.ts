import { MailFailed, MailSent } from '#events/notifications';
import type { MailId } from '#shared-kernel/ids';
import { isWaiting } from '../domain/mail.ts';
import type { NotificationsScope } from '../ports.ts';

/** A mail was handed over. */
export async function recordSent({ mails, publish }: NotificationsScope, mailId: MailId): Promise<void> {
  const mail = await mails.get(mailId);
  if (!isWaiting(mail)) return;
  await mails.save({ ...mail, state: 'sent' });
  publish(MailSent({ mailId, customerId: mail.customerId, template: mail.template }));
}

/** A mail could not be handed over, and will not be tried again. */
export async function recordFailed({ mails, publish }: NotificationsScope, mailId: MailId): Promise<void> {
  const mail = await mails.get(mailId);
  if (!isWaiting(mail)) return;
  await mails.save({ ...mail, state: 'failed' });
  publish(MailFailed({ mailId, customerId: mail.customerId }));
}
