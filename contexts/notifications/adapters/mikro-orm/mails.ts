import { defineEntity, type EntityManager, type FilterQuery, type InferEntity, p } from '@mikro-orm/postgresql';
import type { CustomerId, MailId, OrderId } from '#shared-kernel/ids';
import { type Page, type PageRequest, pageOf } from '#shared-kernel/page';
import type { TenantId } from '#shared-kernel/tenant';
import { MailNotFound } from '../../domain/errors.ts';
import type { Mail, MailState, Template } from '../../domain/mail.ts';
import type { MailFilter, MailRepository } from '../../ports.ts';

export const MailRow = defineEntity({
  name: 'MailRow',
  schema: 'notifications',
  tableName: 'mails',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    id: p.uuid().$type<MailId>().primary(),
    customerId: p.uuid().$type<CustomerId>(),
    orderId: p.uuid().$type<OrderId>(),
    template: p.text().$type<Template>(),
    subject: p.text(),
    state: p.text().$type<MailState>(),
    writtenAt: p.datetime(),
    version: p.integer().version(),
  },
});
type Row = InferEntity<typeof MailRow>;

export class MikroOrmMails implements MailRepository {
  readonly #em: EntityManager;
  readonly #tenantId: TenantId;
  /** What this unit of work has looked for or made; undefined where there was nothing. */
  readonly #known = new Map<MailId, Row | undefined>();

  constructor(em: EntityManager, tenantId: TenantId) {
    this.#em = em;
    this.#tenantId = tenantId;
  }

  async get(id: MailId): Promise<Mail> {
    const mail = await this.find(id);
    if (!mail) throw new MailNotFound(id);
    return mail;
  }

  async find(id: MailId): Promise<Mail | undefined> {
    await this.preload([id]);
    const row = this.#known.get(id);
    return row && toMail(row);
  }

  async preload(ids: readonly MailId[]): Promise<void> {
    const wanted = [...new Set(ids)].filter((id) => !this.#known.has(id));
    if (wanted.length === 0) return;
    for (const id of wanted) this.#known.set(id, undefined);
    const rows = await this.#em.find(MailRow, { tenantId: this.#tenantId, id: { $in: wanted } });
    for (const row of rows) this.#known.set(row.id, row);
  }

  async list({ limit, after }: PageRequest, { customerId, orderId }: MailFilter): Promise<Page<Mail>> {
    const cursor = after === undefined ? undefined : await this.find(after as MailId);
    if (after !== undefined && !cursor) return { items: [], next: null };
    const wanted: FilterQuery<Row> = {
      $and: [
        { tenantId: this.#tenantId, ...(customerId && { customerId }), ...(orderId && { orderId }) },
        cursor ? writtenAfter(cursor) : {},
      ],
    };
    const rows = await this.#em.find(MailRow, wanted, { orderBy: { writtenAt: 'asc', id: 'asc' }, limit: limit + 1 });
    return pageOf(rows.map(toMail), limit, ({ id }) => id);
  }

  async aboutOrders(orderIds: readonly OrderId[]): Promise<readonly Mail[]> {
    if (orderIds.length === 0) return [];
    const rows = await this.#em.find(MailRow, { tenantId: this.#tenantId, orderId: { $in: [...orderIds] } });
    return rows.map(toMail);
  }

  async save(mail: Mail): Promise<void> {
    await this.preload([mail.id]);
    const row = this.#known.get(mail.id);
    if (row) this.#em.assign(row, { state: mail.state });
    else this.#known.set(mail.id, this.#create(mail));
  }

  #create(mail: Mail): Row {
    return this.#em.create(MailRow, { ...mail, tenantId: this.#tenantId, version: 1 }, { persist: true });
  }
}

const writtenAfter = ({ id, writtenAt }: Mail): FilterQuery<Row> => ({
  $or: [{ writtenAt: { $gt: writtenAt } }, { writtenAt, id: { $gt: id } }],
});

const toMail = ({ tenantId: _tenantId, version: _version, ...mail }: Row): Mail => mail;
