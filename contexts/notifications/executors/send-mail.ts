import { defineExecutor } from '#events/messaging';
import type { MailId } from '#shared-kernel/ids';
import { recordFailed, recordSent } from '../commands/record-delivery.ts';
import { type MailTransport, type NotificationsScope, SendMail } from '../ports.ts';
import { render, type Shop } from '../templates/render.ts';

/** With pauses of up to a minute: a mail server may be away for more than an hour. */
const ATTEMPTS = 100;

/** Has mails carried to their customers. */
export const sendMail = (transport: MailTransport, shop: Shop) =>
  defineExecutor<NotificationsScope>()({
    performs: SendMail,
    attempts: ATTEMPTS,
    concurrency: transport.atOnce,
    call: ({ mailId, to, orderId, content }, { signal }) =>
      transport.send(
        { messageId: messageIdOf(mailId, shop), from: shop.from, to, ...render(content, { orderId, shop }) },
        signal,
      ),
    record: (scope, { payload: { mailId }, answer }) =>
      answer.status === 'sent' ? recordSent(scope, mailId) : recordFailed(scope, mailId),
    giveUp: (scope, { payload: { mailId } }) => recordFailed(scope, mailId),
  });

/** The same whenever, and however often, the mail is sent. */
const messageIdOf = (mailId: MailId, { from }: Shop): string =>
  `<${mailId}@${/@([\w.-]+)/.exec(from)?.[1] ?? 'localhost'}>`;
