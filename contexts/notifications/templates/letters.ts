import type { MailContent } from '../domain/mail.ts';
import { priceOf } from '../domain/subject.ts';
import type { Letter } from './letter.ts';

/** The words of every mail. */
export function letterOf(content: MailContent): Letter {
  switch (content.template) {
    case 'order-confirmed':
      return {
        paragraphs: [
          'Thank you for your order. Everything in it is set aside for you and paid; we will write again when it is on its way.',
        ],
        items: content.lines,
        figures: [{ label: 'Total', value: priceOf(content.total) }],
      };
    case 'order-shipped':
      return {
        paragraphs: content.isLastOfOrder
          ? ['Your order has left our warehouse.']
          : ['A parcel with a part of your order has left our warehouse.', 'The rest follows as soon as it can.'],
      };
    case 'order-cancelled':
      return {
        paragraphs: ['Your order is cancelled. What you have paid for it, if anything, goes back to you.'],
        figures: [{ label: 'Reason', value: content.reason }],
      };
    case 'order-refunded':
      return {
        paragraphs: [
          'We have sent your money back the way it came. Depending on your bank it takes a few days to arrive.',
        ],
        figures: [{ label: 'Refund', value: priceOf(content.amount) }],
      };
  }
}
