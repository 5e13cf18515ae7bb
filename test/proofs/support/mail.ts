import { accountOf, balance, type Balance, onceEach } from './account.ts';
import type { State } from './state.ts';

/** Which mail tells of which fact. */
const TOLD_BY: Readonly<Record<string, string>> = {
  'checkout.OrderConfirmed': 'order-confirmed',
  'checkout.OrderCancelled': 'order-cancelled',
  'fulfillment.ShipmentDispatched': 'order-shipped',
  'billing.RefundIssued': 'order-refunded',
};

/** Mail: one for each fact, sent, and lying in the mailbox once. */
export function judgeMail({ facts, mails, files }: State): Balance[] {
  const toTell = facts.filter(({ type }) => type in TOLD_BY);
  const expected = accountOf(toTell.map(({ type, orderId, count }) => [`${TOLD_BY[type]} of order ${orderId}`, count]));
  const sent = mails.filter(({ state }) => state === 'sent');
  return [
    balance(
      'mails sent, one per fact',
      expected,
      accountOf(sent.map((mail) => [`${mail.template} of order ${mail.orderId}`, 1])),
    ),
    balance(
      '.eml files, one per mail',
      onceEach(mails.map(({ id, subject }) => `${id} ${subject}`)),
      accountOf(files.map(({ mailId, subject }) => [`${mailId} ${subject}`, 1])),
    ),
  ];
}
