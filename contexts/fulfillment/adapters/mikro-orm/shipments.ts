import type { EntityManager } from '@mikro-orm/postgresql';
import type { OrderId, ShipmentId } from '#shared-kernel/ids';
import { type Page, type PageRequest, pageOf } from '#shared-kernel/page';
import type { TenantId } from '#shared-kernel/tenant';
import type { ShipmentFilter, ShipmentOfOrder, ShipmentRepository } from '../../ports.ts';
import { readReservations } from './read-reservations.ts';
import { ShipmentRow, toReservation } from './reservation-rows.ts';

export class MikroOrmShipments implements ShipmentRepository {
  readonly #em: EntityManager;
  readonly #tenantId: TenantId;

  constructor(em: EntityManager, tenantId: TenantId) {
    this.#em = em;
    this.#tenantId = tenantId;
  }

  async findOrderOf(id: ShipmentId): Promise<OrderId | undefined> {
    const row = await this.#em.findOne(ShipmentRow, { tenantId: this.#tenantId, id });
    return row?.orderId;
  }

  async list({ limit, after }: PageRequest, { orderId, status }: ShipmentFilter): Promise<Page<ShipmentOfOrder>> {
    const filter = {
      ...(after && { id: { $gt: after as ShipmentId } }),
      ...(orderId && { orderId }),
      ...(status && { status }),
    };
    const where = { $and: [{ tenantId: this.#tenantId }, filter] };
    const rows = await this.#em.find(ShipmentRow, where, { orderBy: { id: 'asc' }, limit: limit + 1 });
    const { items, next } = pageOf(rows, limit, ({ id }) => id);
    const shipmentOf = await this.#readAll(items.map(({ orderId }) => orderId));
    return { items: items.map(({ id }) => shipmentOf.get(id)!), next };
  }

  async #readAll(orderIds: readonly OrderId[]): Promise<ReadonlyMap<ShipmentId, ShipmentOfOrder>> {
    const where = { orderId: { $in: [...new Set(orderIds)] } };
    const found = await readReservations(this.#em, { tenantId: this.#tenantId, where, isLocking: false });
    const shipments = found
      .map(toReservation)
      .flatMap((reservation) => reservation.shipments.map((shipment) => ({ shipment, reservation })));
    return new Map(shipments.map((each) => [each.shipment.id, each]));
  }
}
