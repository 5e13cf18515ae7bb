import { defineEntity, type EntityManager, type InferEntity, p } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { PostalAddress } from '#shared-kernel/address';
import { CustomerId, type InvoiceId, type OrderId } from '#shared-kernel/ids';
import { Money } from '#shared-kernel/money';
import { TaxClass } from '#shared-kernel/product';
import type { TenantId } from '#shared-kernel/tenant';
import type { BillableOrder, OrderToBill } from '../../domain/billable-order.ts';
import type { BillableOrderRepository } from '../../ports.ts';

/** How an order waits for its invoice: one value, nobody looks into it. */
const StoredOrder = z.object({
  customerId: CustomerId,
  lines: z.array(
    z.object({
      sku: z.string(),
      name: z.string(),
      taxClass: TaxClass,
      quantity: z.int(),
      unitPrice: Money,
      discount: z.string(),
    }),
  ),
  subtotal: Money,
  tax: Money,
  freight: Money,
  total: Money,
  billTo: PostalAddress,
  paymentToken: z.string(),
});
type StoredOrder = z.input<typeof StoredOrder>;

export const BillableOrderRow = defineEntity({
  name: 'BillableOrderRow',
  schema: 'billing',
  tableName: 'billable_orders',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    id: p.uuid().$type<OrderId>().primary(),
    toBill: p.json<StoredOrder>().nullable(),
    isReserved: p.boolean(),
    isCancelled: p.boolean(),
    invoiceId: p.uuid().$type<InvoiceId>().nullable(),
    version: p.integer().version(),
  },
});
type Row = InferEntity<typeof BillableOrderRow>;

export class MikroOrmBillableOrders implements BillableOrderRepository {
  readonly #em: EntityManager;
  readonly #tenantId: TenantId;
  /** What this unit of work has looked for or made; undefined where there was nothing. */
  readonly #known = new Map<OrderId, { readonly row: Row; readonly order: BillableOrder } | undefined>();

  constructor(em: EntityManager, tenantId: TenantId) {
    this.#em = em;
    this.#tenantId = tenantId;
  }

  async find(id: OrderId): Promise<BillableOrder | undefined> {
    if (!this.#known.has(id)) await this.preload([id]);
    return this.#known.get(id)?.order;
  }

  async preload(ids: readonly OrderId[]): Promise<void> {
    const wanted = [...new Set(ids)].filter((id) => !this.#known.has(id));
    if (wanted.length === 0) return;
    for (const id of wanted) this.#known.set(id, undefined);
    const rows = await this.#em.find(BillableOrderRow, { tenantId: this.#tenantId, id: { $in: wanted } });
    for (const row of rows) this.#known.set(row.id, { row, order: toOrder(row) });
  }

  async save(order: BillableOrder): Promise<void> {
    await this.preload([order.id]);
    const row = this.#known.get(order.id)?.row ?? this.#create(order.id);
    this.#em.assign(row, toState(order));
    this.#known.set(order.id, { row, order });
  }

  #create(id: OrderId): Row {
    const empty = { tenantId: this.#tenantId, id, isReserved: false, isCancelled: false, version: 1 };
    return this.#em.create(BillableOrderRow, empty, { persist: true });
  }
}

const toOrder = ({ id, toBill, isReserved, isCancelled, invoiceId }: Row): BillableOrder => ({
  id,
  toBill: toBill ? (z.decode(StoredOrder, toBill) satisfies OrderToBill) : null,
  isReserved,
  isCancelled,
  invoiceId: invoiceId ?? null,
});

const toState = ({ toBill, isReserved, isCancelled, invoiceId }: BillableOrder) => ({
  toBill: toBill && z.encode(StoredOrder, { ...toBill, lines: [...toBill.lines] }),
  isReserved,
  isCancelled,
  invoiceId,
});
