import type { Tables } from '#events/messaging/adapters/in-memory/tables';
import { pageOf } from '#shared-kernel/page';
import { MailNotFound } from '../../domain/errors.ts';
import type { Mail } from '../../domain/mail.ts';
import type { MailFilter, MailRepository } from '../../ports.ts';

export function createMails(tables: Tables): MailRepository {
  const mails = tables.table<Mail>('mails');
  return {
    async get(id) {
      const mail = mails.get(id);
      if (!mail) throw new MailNotFound(id);
      return mail;
    },
    find: async (id) => mails.get(id),
    preload: async () => undefined,
    async list({ limit, after }, filter) {
      const cursor = after === undefined ? undefined : mails.all().find(({ id }) => id === after);
      if (after !== undefined && !cursor) return { items: [], next: null };
      const found = mails
        .all()
        .filter((mail) => isWanted(mail, filter))
        .toSorted(byTime)
        .filter((mail) => !cursor || byTime(cursor, mail) < 0);
      return pageOf(found, limit, ({ id }) => id);
    },
    async aboutOrders(orderIds) {
      const wanted = new Set(orderIds);
      return mails.all().filter(({ orderId }) => wanted.has(orderId));
    },
    save: async (mail) => mails.put(mail.id, mail),
  };
}

const isWanted = (mail: Mail, { customerId, orderId }: MailFilter) =>
  (!customerId || mail.customerId === customerId) && (!orderId || mail.orderId === orderId);

const byTime = (a: Mail, b: Mail) =>
  a.writtenAt.getTime() - b.writtenAt.getTime() || (a.id < b.id ? -1 : Number(a.id > b.id));
