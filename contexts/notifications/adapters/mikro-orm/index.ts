import type { MikroOrmContext } from '#events/messaging/adapters/postgresql/store';
import type { NotificationsScope } from '../../ports.ts';
import { CustomerRow, MikroOrmCustomers } from './customers.ts';
import { MailRow, MikroOrmMails } from './mails.ts';

export const notificationsOnMikroOrm: MikroOrmContext<NotificationsScope> = {
  context: 'notifications',
  entities: [MailRow, CustomerRow],
  createScope: (em, unit) => ({
    ...unit,
    mails: new MikroOrmMails(em, unit.tenantId),
    customers: new MikroOrmCustomers(em, unit.tenantId),
  }),
};
