import { type EntityManager, type FilterQuery, type InferEntity, LockMode } from '@mikro-orm/postgresql';
import type { InvoiceId, OrderId } from '#shared-kernel/ids';
import { type Page, type PageRequest, pageOf } from '#shared-kernel/page';
import type { TenantId } from '#shared-kernel/tenant';
import { InvoiceNotFound } from '../../domain/errors.ts';
import type { Invoice, InvoiceLine } from '../../domain/invoice.ts';
import type { InvoiceFilter, InvoiceRepository } from '../../ports.ts';
import {
  InvoiceLineRow,
  InvoiceRow,
  toInvoice,
  toInvoiceLine,
  toInvoiceLineRow,
  toInvoiceRow,
  toInvoiceState,
} from './invoice-rows.ts';

type Row = InferEntity<typeof InvoiceRow>;

/** Invoices and their lines in two tables; the lines never change. */
export class MikroOrmInvoices implements InvoiceRepository {
  readonly #em: EntityManager;
  readonly #tenantId: TenantId;
  /** What this unit of work has loaded or made. */
  readonly #known = new Map<InvoiceId, { readonly row: Row; readonly invoice: Invoice }>();

  constructor(em: EntityManager, tenantId: TenantId) {
    this.#em = em;
    this.#tenantId = tenantId;
  }

  async get(id: InvoiceId): Promise<Invoice> {
    if (!this.#known.has(id)) await this.#load({ id });
    const known = this.#known.get(id);
    if (!known) throw new InvoiceNotFound(id);
    return known.invoice;
  }

  async hold(ids: readonly InvoiceId[]): Promise<void> {
    if (ids.length > 0) await this.#load({ id: { $in: [...ids] } }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  }

  async list({ limit, after }: PageRequest, { orderId, customerId, status }: InvoiceFilter): Promise<Page<Invoice>> {
    const where = {
      ...(after && { id: { $gt: after as InvoiceId } }),
      ...(orderId && { orderId }),
      ...(customerId && { customerId }),
      ...(status && { status }),
    };
    return pageOf(await this.#load(where, { limit: limit + 1 }), limit, ({ id }) => id);
  }

  async ofOrders(orderIds: readonly OrderId[]): Promise<readonly Invoice[]> {
    return orderIds.length > 0 ? this.#load({ orderId: { $in: [...orderIds] } }) : [];
  }

  async linesOf(ids: readonly InvoiceId[]): Promise<ReadonlyMap<InvoiceId, readonly InvoiceLine[]>> {
    const rows = await this.#em.find(
      InvoiceLineRow,
      { tenantId: this.#tenantId, invoiceId: { $in: [...ids] } },
      { orderBy: { invoiceId: 'asc', lineNumber: 'asc' } },
    );
    const rowsByInvoice = Map.groupBy(rows, ({ invoiceId }) => invoiceId);
    const lines = ids.map(async (id) => {
      const { currency } = (await this.get(id)).total;
      return [id, (rowsByInvoice.get(id) ?? []).map((row) => toInvoiceLine(row, currency))] as const;
    });
    return new Map(await Promise.all(lines));
  }

  async add(invoice: Invoice, lines: readonly InvoiceLine[]): Promise<void> {
    const created = { ...toInvoiceRow(invoice, this.#tenantId), version: 1 };
    const row = this.#em.create(InvoiceRow, created, { persist: true });
    for (const line of lines) {
      this.#em.create(InvoiceLineRow, toInvoiceLineRow(line, invoice.id, this.#tenantId), { persist: true });
    }
    this.#known.set(invoice.id, { row, invoice });
  }

  async save(invoice: Invoice): Promise<void> {
    await this.get(invoice.id);
    const { row } = this.#known.get(invoice.id)!;
    this.#em.assign(row, toInvoiceState(invoice));
    this.#known.set(invoice.id, { row, invoice });
  }

  async #load(
    where: FilterQuery<Row>,
    options: { readonly limit?: number; readonly lockMode?: LockMode.PESSIMISTIC_WRITE } = {},
  ): Promise<Invoice[]> {
    const rows = await this.#em.find(
      InvoiceRow,
      { $and: [{ tenantId: this.#tenantId }, where] },
      { orderBy: { id: 'asc' }, ...options },
    );
    return rows.map((row) => {
      const invoice = toInvoice(row);
      this.#known.set(row.id, { row, invoice });
      return invoice;
    });
  }
}
