import { FORGOTTEN_ADDRESS, type PostalAddress } from '#shared-kernel/address';
import type { CustomerId, OrderId, ShipmentId } from '#shared-kernel/ids';
import type { Allocation } from './allocation.ts';
import { ShipmentNotFound } from './errors.ts';
import { isOnItsWay, prepare, type Shipment, voided } from './shipment.ts';

/** `awaited`: confirmed, though it was not heard yet that it was placed. */
export type ReservationStatus = 'awaited' | 'reserved' | 'rejected' | 'shipping' | 'delivered' | 'released';

/** What is set aside for an order, and what became of it. */
export interface Reservation {
  readonly orderId: OrderId;
  /** Null where the order was released before it was heard that it was placed. */
  readonly customerId: CustomerId | null;
  readonly status: ReservationStatus;
  /** Where each piece comes from; stays as it was decided. */
  readonly allocations: readonly Allocation[];
  /** One per warehouse, once the order is confirmed. */
  readonly shipments: readonly Shipment[];
  /** Kept only of an order that is shipped. */
  readonly shipTo: PostalAddress | null;
}

/** Holds the place of an order of which something was heard before it was placed. */
export const tombstone = (
  orderId: OrderId,
  status: 'awaited' | 'released',
  customerId: CustomerId | null = null,
): Reservation => ({ orderId, customerId, status, allocations: [], shipments: [], shipTo: null });

const isPromised = ({ status }: Reservation) => status === 'reserved' || status === 'shipping';

/** Too late to release: something of the order is on its way, or has arrived. */
export const hasLeft = ({ shipments }: Reservation) => shipments.some(isOnItsWay);

/** The pieces of an order that are set aside and have not left. */
export function heldBy(reservation: Reservation): readonly Allocation[] {
  if (!isPromised(reservation)) return [];
  const gone = new Set(reservation.shipments.filter(isOnItsWay).map(({ warehouseId }) => warehouseId));
  return reservation.allocations.filter(({ warehouseId }) => !gone.has(warehouseId));
}

export const linesOf = ({ allocations }: Reservation, { warehouseId }: Shipment): readonly Allocation[] =>
  allocations.filter((allocation) => allocation.warehouseId === warehouseId);

/** The order is confirmed: what it gets from each warehouse becomes a shipment. */
export function prepareShipments(reservation: Reservation, now: Date, nextId: () => ShipmentId): Reservation {
  const warehouses = new Set(reservation.allocations.map(({ warehouseId }) => warehouseId));
  const shipments = [...warehouses].map((warehouseId) => prepare(nextId(), warehouseId, now));
  return { ...reservation, status: 'shipping', shipments };
}

/** Nothing is held any more, nothing will leave, and the address is no longer needed. */
export const releaseAll = (reservation: Reservation): Reservation => ({
  ...reservation,
  status: 'released',
  shipments: reservation.shipments.map(voided),
  shipTo: null,
});

/** @throws {ShipmentNotFound} */
export function shipmentOf({ shipments }: Reservation, shipmentId: ShipmentId): Shipment {
  const shipment = shipments.find(({ id }) => id === shipmentId);
  if (!shipment) throw new ShipmentNotFound(shipmentId);
  return shipment;
}

/** The order with one of its shipments as it is now. It is delivered when all of them are. */
export function withShipment(reservation: Reservation, changed: Shipment): Reservation {
  const shipments = reservation.shipments.map((shipment) => (shipment.id === changed.id ? changed : shipment));
  const isDelivered = shipments.every(({ status }) => status === 'delivered');
  return { ...reservation, shipments, status: isDelivered ? 'delivered' : reservation.status };
}

/** The order without anything that names a person. */
export const forgetPerson = (reservation: Reservation): Reservation => ({
  ...reservation,
  shipTo: reservation.shipTo && FORGOTTEN_ADDRESS,
});
