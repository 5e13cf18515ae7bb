import type { InMemoryContext } from '#events/messaging/adapters/in-memory/store';
import type { NotificationsScope } from '../../ports.ts';
import { createCustomers } from './customers.ts';
import { createMails } from './mails.ts';

export const notificationsInMemory: InMemoryContext<NotificationsScope> = {
  context: 'notifications',
  createScope: (tables, unit) => ({ ...unit, mails: createMails(tables), customers: createCustomers(tables) }),
};
