import type { OrderId } from '#shared-kernel/ids';
import type { MailContent } from '../domain/mail.ts';
import { subjectOf } from '../domain/subject.ts';
import type { Message } from '../ports.ts';
import { asHtml } from './as-html.ts';
import { asText } from './as-text.ts';
import { letterOf } from './letters.ts';

/** Whose mails these are. */
export interface Shop {
  readonly name: string;
  /** `Shop <shop@example.com>` */
  readonly from: string;
}

/** A mail as its reader sees it. */
export function render(
  content: MailContent,
  { orderId, shop }: { readonly orderId: OrderId; readonly shop: Shop },
): Pick<Message, 'subject' | 'text' | 'html'> {
  const subject = subjectOf(content);
  const letter = letterOf(content);
  const footer = [shop.name, `Order ${orderId}`];
  return { subject, text: asText(letter, footer), html: asHtml(subject, letter, footer) };
}
