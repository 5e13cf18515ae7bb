import { z } from 'zod';
import { OrderId } from '#shared-kernel/ids';
import type { NotificationsScope } from '../ports.ts';
import { type MailView, viewMail } from './mail-view.ts';

export const ListMailsByOrderIds = z.strictObject({ orderIds: z.array(OrderId).max(1000) });
export type ListMailsByOrderIds = z.output<typeof ListMailsByOrderIds>;

/** All mails about the orders, at once, in any order. */
export async function listMailsByOrderIds(
  { mails }: NotificationsScope,
  { orderIds }: ListMailsByOrderIds,
): Promise<readonly MailView[]> {
  return (await mails.aboutOrders(orderIds)).map(viewMail);
}
