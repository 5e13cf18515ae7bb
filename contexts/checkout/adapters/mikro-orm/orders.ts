import type { EntityManager, FilterQuery, InferEntity } from '@mikro-orm/postgresql';
import { FORGOTTEN_ADDRESS } from '#shared-kernel/address';
import type { CustomerId, OrderId } from '#shared-kernel/ids';
import { type Page, type PageRequest, pageOf } from '#shared-kernel/page';
import type { TenantId } from '#shared-kernel/tenant';
import { OrderNotFound } from '../../domain/errors.ts';
import type { Order } from '../../domain/order.ts';
import type { OrderFilter, OrderRepository } from '../../ports.ts';
import { OrderLineRow, OrderRow, toOrder, toOrderLineRow, toOrderRow, toOrderState } from './order-rows.ts';

type Row = InferEntity<typeof OrderRow>;
type LineRow = InferEntity<typeof OrderLineRow>;

/** Orders and their lines in two tables; the lines never change. */
export class MikroOrmOrders implements OrderRepository {
  readonly #em: EntityManager;
  readonly #tenantId: TenantId;
  /** What this unit of work has loaded or made, so that a batch reads each order once. */
  readonly #known = new Map<OrderId, { readonly row: Row; readonly lines: Order['lines'] }>();

  constructor(em: EntityManager, tenantId: TenantId) {
    this.#em = em;
    this.#tenantId = tenantId;
  }

  async get(id: OrderId): Promise<Order> {
    const order = await this.find(id);
    if (!order) throw new OrderNotFound(id);
    return order;
  }

  async find(id: OrderId): Promise<Order | undefined> {
    if (!this.#known.has(id)) await this.preload([id]);
    return this.#recall(id);
  }

  async findAll(ids: readonly OrderId[]): Promise<readonly Order[]> {
    await this.preload(ids);
    return [...new Set(ids)].map((id) => this.#recall(id)).filter((order) => order !== undefined);
  }

  async preload(ids: readonly OrderId[]): Promise<void> {
    const wanted = [...new Set(ids)].filter((id) => !this.#known.has(id));
    if (wanted.length > 0)
      this.#remember(...(await Promise.all([this.#rows({ id: { $in: wanted } }), this.#linesOf(wanted)])));
  }

  async list({ limit, after }: PageRequest, { customerId, status }: OrderFilter): Promise<Page<Order>> {
    const where = {
      ...(after && { id: { $gt: after as OrderId } }),
      ...(customerId && { customerId }),
      ...(status && { status }),
    };
    const rows = await this.#rows(where, limit + 1);
    const lines = await this.#linesOf(rows.map(({ id }) => id));
    return pageOf(this.#remember(rows, lines), limit, ({ id }) => id);
  }

  async save(order: Order): Promise<void> {
    const known = this.#known.get(order.id);
    if (known) this.#em.assign(known.row, toOrderState(order));
    else this.#create(order);
  }

  async forgetCustomer(customerId: CustomerId): Promise<void> {
    const over = {
      tenantId: this.#tenantId,
      customerId,
      status: { $in: ['completed' as const, 'cancelled' as const] },
    };
    for (const row of await this.#em.find(OrderRow, over)) {
      this.#em.assign(row, { shipTo: FORGOTTEN_ADDRESS, billTo: FORGOTTEN_ADDRESS });
    }
  }

  #recall(id: OrderId): Order | undefined {
    const known = this.#known.get(id);
    return known && { ...toOrder(known.row, []), lines: known.lines };
  }

  #rows(where: FilterQuery<Row>, limit?: number): Promise<Row[]> {
    const own = { $and: [{ tenantId: this.#tenantId }, where] };
    return this.#em.find(OrderRow, own, { orderBy: { id: 'asc' }, ...(limit && { limit }) });
  }

  async #linesOf(orderIds: readonly OrderId[]): Promise<readonly LineRow[]> {
    if (orderIds.length === 0) return [];
    const ofThem = { tenantId: this.#tenantId, orderId: { $in: [...orderIds] } };
    return this.#em.find(OrderLineRow, ofThem, { orderBy: { orderId: 'asc', lineNumber: 'asc' } });
  }

  #remember(rows: readonly Row[], lines: readonly LineRow[]): Order[] {
    const linesByOrder = Map.groupBy(lines, ({ orderId }) => orderId);
    return rows.map((row) => {
      const order = toOrder(row, linesByOrder.get(row.id) ?? []);
      this.#known.set(row.id, { row, lines: order.lines });
      return order;
    });
  }

  #create(order: Order): void {
    const row = this.#em.create(OrderRow, { ...toOrderRow(order, this.#tenantId), version: 1 }, { persist: true });
    order.lines.forEach((line, at) =>
      this.#em.create(OrderLineRow, toOrderLineRow(line, at + 1, order.id, this.#tenantId), { persist: true }),
    );
    this.#known.set(order.id, { row, lines: order.lines });
  }
}
