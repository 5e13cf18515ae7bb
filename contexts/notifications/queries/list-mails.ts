import type { z } from 'zod';
import { CustomerId, OrderId } from '#shared-kernel/ids';
import { type Page, PageRequest } from '#shared-kernel/page';
import type { NotificationsScope } from '../ports.ts';
import { type MailView, viewMail } from './mail-view.ts';

export const ListMails = PageRequest.extend({ customerId: CustomerId.optional(), orderId: OrderId.optional() });
export type ListMails = z.output<typeof ListMails>;

export async function listMails(
  { mails }: NotificationsScope,
  { limit, after, ...filter }: ListMails,
): Promise<Page<MailView>> {
  const { items, next } = await mails.list({ limit, after }, filter);
  return { items: items.map(viewMail), next };
}
