import type { Tables } from '#events/messaging/adapters/in-memory/tables';
import type { OrderId } from '#shared-kernel/ids';
import { pageOf } from '#shared-kernel/page';
import type { Reservation } from '../../domain/reservation.ts';
import type { ShipmentRepository } from '../../ports.ts';

export function createShipments(tables: Tables): ShipmentRepository {
  const reservations = tables.table<Reservation>('reservations');
  const orderOf = tables.table<OrderId>('shipments');
  const ofOrder = (id: OrderId) => [reservations.get(id)].filter((known) => known !== undefined);
  return {
    findOrderOf: async (id) => orderOf.get(id),
    async list({ limit, after }, { orderId, status }) {
      const found = (orderId ? ofOrder(orderId) : reservations.all())
        .flatMap((reservation) => reservation.shipments.map((shipment) => ({ reservation, shipment })))
        .filter(({ shipment }) => (!status || shipment.status === status) && (!after || shipment.id > after))
        .toSorted((a, b) => (a.shipment.id < b.shipment.id ? -1 : 1));
      return pageOf(found, limit, ({ shipment }) => shipment.id);
    },
  };
}
