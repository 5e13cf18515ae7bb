import type { Tables } from '#events/messaging/adapters/in-memory/tables';
import type { OrderId } from '#shared-kernel/ids';
import type { Reservation } from '../../domain/reservation.ts';
import type { ReservationRepository } from '../../ports.ts';

/** Units of work run one after the other, so nothing needs to be locked. */
export function createReservations(tables: Tables): ReservationRepository {
  const reservations = tables.table<Reservation>('reservations');
  const orderOf = tables.table<OrderId>('shipments');
  return {
    lock: async (ids) => [...new Set(ids)].map((id) => reservations.get(id)).filter((known) => known !== undefined),
    lockOfCustomer: async (id) => reservations.all().filter(({ customerId }) => customerId === id),
    find: async (id) => reservations.get(id),
    async save(reservation) {
      reservations.put(reservation.orderId, reservation);
      for (const { id } of reservation.shipments) orderOf.put(id, reservation.orderId);
    },
  };
}
