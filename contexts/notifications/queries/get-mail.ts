import type { MailId } from '#shared-kernel/ids';
import type { NotificationsScope } from '../ports.ts';
import { type MailView, viewMail } from './mail-view.ts';

/** @throws {MailNotFound} */
export async function getMail({ mails }: NotificationsScope, mailId: MailId): Promise<MailView> {
  return viewMail(await mails.get(mailId));
}
