import { z } from 'zod';
import { type createNotifications, ListMails, ListMailsByOrderIds, MailView } from '#contexts/notifications';
import { MailId } from '#shared-kernel/ids';
import { type Endpoint, get, lookUp } from '../endpoint.ts';
import { pageOf } from './shapes.ts';

export const notificationsEndpoints = ({ queries }: ReturnType<typeof createNotifications>): Endpoint[] => [
  get('/mails', 'notifications.listMails', {
    summary: 'Mails, page by page; to one customer, or about one order',
    input: ListMails,
    run: queries.listMails,
    output: pageOf(MailView),
  }),
  lookUp('/mails/by-order-ids', 'notifications.listMailsByOrderIds', {
    summary: 'All mails about up to a thousand orders at once',
    input: ListMailsByOrderIds,
    run: queries.listMailsByOrderIds,
    output: z.array(MailView).readonly(),
  }),
  get('/mails/{id}', 'notifications.getMail', {
    summary: 'One mail',
    input: z.strictObject({ id: MailId }),
    run: ({ id }) => queries.getMail(id),
    output: MailView,
  }),
];
