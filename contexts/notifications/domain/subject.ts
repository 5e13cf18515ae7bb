import type { Currency } from '#shared-kernel/currency';
import { formatAmount, type Money } from '#shared-kernel/money';
import type { MailContent } from './mail.ts';

/** What a mail is called in an inbox. */
export function subjectOf(content: MailContent): string {
  switch (content.template) {
    case 'order-confirmed':
      return 'Your order is confirmed';
    case 'order-shipped':
      return content.isLastOfOrder ? 'Your order is on its way' : 'A part of your order is on its way';
    case 'order-cancelled':
      return 'Your order is cancelled';
    case 'order-refunded':
      return `We have refunded ${priceOf(content.amount)}`;
  }
}

/** An amount as an English reader expects it: `$1,234.50`. */
export const priceOf = (amount: Money): string =>
  formatOf(amount.currency).format(formatAmount(amount) as Intl.StringNumericLiteral);

const formats = new Map<Currency, Intl.NumberFormat>();

/** Making a format takes a hundred times as long as using it. */
function formatOf(currency: Currency): Intl.NumberFormat {
  const known = formats.get(currency);
  if (known) return known;
  const made = new Intl.NumberFormat('en-US', { style: 'currency', currency });
  formats.set(currency, made);
  return made;
}
