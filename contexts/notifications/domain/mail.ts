import type { CustomerId, MailId, OrderId } from '#shared-kernel/ids';
import type { Money } from '#shared-kernel/money';

/** What a mail is about, and no more of it than the mail says. Nothing of it names a person. */
export type MailContent =
  | {
      readonly template: 'order-confirmed';
      readonly lines: readonly { readonly name: string; readonly quantity: number }[];
      readonly total: Money;
    }
  | { readonly template: 'order-shipped'; readonly isLastOfOrder: boolean }
  | { readonly template: 'order-cancelled'; readonly reason: string }
  | { readonly template: 'order-refunded'; readonly amount: Money };

export type Template = MailContent['template'];

export type MailState = 'waiting' | 'sent' | 'failed';

/** A mail to a customer about an order. */
export interface Mail {
  readonly id: MailId;
  readonly customerId: CustomerId;
  readonly orderId: OrderId;
  readonly template: Template;
  readonly subject: string;
  readonly state: MailState;
  readonly writtenAt: Date;
}

export const isWaiting = ({ state }: Mail) => state === 'waiting';
