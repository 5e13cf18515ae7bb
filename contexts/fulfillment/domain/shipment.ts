import type { ShipmentId, WarehouseId } from '#shared-kernel/ids';
import { ShipmentNotDispatched, ShipmentVoided } from './errors.ts';

/** `voided`: its order was released before it left. */
export type ShipmentStatus = 'prepared' | 'dispatched' | 'delivered' | 'voided';

/** What an order gets from one warehouse, in one parcel. */
export interface Shipment {
  readonly id: ShipmentId;
  readonly warehouseId: WarehouseId;
  readonly status: ShipmentStatus;
  /** Nobody said that it arrived, but it has been on its way for as long as any takes. */
  readonly isPresumed: boolean;
  readonly preparedAt: Date;
  readonly dispatchedAt: Date | null;
  readonly deliveredAt: Date | null;
}

export const prepare = (id: ShipmentId, warehouseId: WarehouseId, preparedAt: Date): Shipment => ({
  id,
  warehouseId,
  status: 'prepared',
  isPresumed: false,
  preparedAt,
  dispatchedAt: null,
  deliveredAt: null,
});

export const isOnItsWay = ({ status }: Shipment) => status === 'dispatched' || status === 'delivered';

/** Dispatched twice is dispatched once. @throws {ShipmentVoided} */
export function dispatch(shipment: Shipment, dispatchedAt: Date): Shipment {
  if (shipment.status === 'voided') throw new ShipmentVoided(shipment.id);
  return isOnItsWay(shipment) ? shipment : { ...shipment, status: 'dispatched', dispatchedAt };
}

/** Delivered twice is delivered once. @throws {ShipmentNotDispatched} {@link ShipmentVoided} */
export function deliver(shipment: Shipment, deliveredAt: Date, isPresumed: boolean): Shipment {
  if (shipment.status === 'voided') throw new ShipmentVoided(shipment.id);
  if (shipment.status === 'prepared') throw new ShipmentNotDispatched(shipment.id);
  return shipment.status === 'delivered' ? shipment : { ...shipment, status: 'delivered', deliveredAt, isPresumed };
}

export const voided = (shipment: Shipment): Shipment => ({ ...shipment, status: 'voided' });
