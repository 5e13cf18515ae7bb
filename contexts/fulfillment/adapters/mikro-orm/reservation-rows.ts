import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import type { PostalAddress } from '#shared-kernel/address';
import type { CustomerId, OrderId, ProductId, ShipmentId, WarehouseId } from '#shared-kernel/ids';
import type { TenantId } from '#shared-kernel/tenant';
import type { Allocation } from '../../domain/allocation.ts';
import type { Reservation, ReservationStatus } from '../../domain/reservation.ts';
import type { Shipment, ShipmentStatus } from '../../domain/shipment.ts';

export const ReservationRow = defineEntity({
  name: 'ReservationRow',
  schema: 'fulfillment',
  tableName: 'reservations',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    orderId: p.uuid().$type<OrderId>().primary(),
    customerId: p.uuid().$type<CustomerId>().nullable(),
    status: p.text().$type<ReservationStatus>(),
    shipTo: p.json<PostalAddress>().nullable(),
  },
});

export const AllocationRow = defineEntity({
  name: 'AllocationRow',
  schema: 'fulfillment',
  tableName: 'allocations',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    orderId: p.uuid().$type<OrderId>().primary(),
    productId: p.uuid().$type<ProductId>().primary(),
    warehouseId: p.uuid().$type<WarehouseId>().primary(),
    quantity: p.integer(),
  },
});

export const ShipmentRow = defineEntity({
  name: 'ShipmentRow',
  schema: 'fulfillment',
  tableName: 'shipments',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    id: p.uuid().$type<ShipmentId>().primary(),
    orderId: p.uuid().$type<OrderId>(),
    warehouseId: p.uuid().$type<WarehouseId>(),
    status: p.text().$type<ShipmentStatus>(),
    isPresumed: p.boolean(),
    preparedAt: p.datetime(),
    dispatchedAt: p.datetime().nullable(),
    deliveredAt: p.datetime().nullable(),
  },
});

export type ReservationRow = InferEntity<typeof ReservationRow>;
export type AllocationRow = InferEntity<typeof AllocationRow>;
export type ShipmentRow = InferEntity<typeof ShipmentRow>;

/** All rows of one reservation. */
export interface ReservationRows {
  readonly root: ReservationRow;
  readonly allocations: readonly AllocationRow[];
  readonly shipments: readonly ShipmentRow[];
}

export const toReservation = ({ root, allocations, shipments }: ReservationRows): Reservation => ({
  orderId: root.orderId,
  customerId: root.customerId ?? null,
  status: root.status,
  allocations: allocations.map(toAllocation),
  shipments: shipments.map(toShipment),
  shipTo: root.shipTo ?? null,
});

const toAllocation = ({ productId, warehouseId, quantity }: AllocationRow): Allocation => ({
  productId,
  warehouseId,
  quantity,
});

const toShipment = (row: ShipmentRow): Shipment => ({
  id: row.id,
  warehouseId: row.warehouseId,
  status: row.status,
  isPresumed: row.isPresumed,
  preparedAt: row.preparedAt,
  dispatchedAt: row.dispatchedAt ?? null,
  deliveredAt: row.deliveredAt ?? null,
});

/** All of a reservation's root that changes. */
export const toReservationState = ({ customerId, status, shipTo }: Reservation) => ({ customerId, status, shipTo });

/** All of a shipment that changes. */
export const toShipmentState = ({ status, isPresumed, dispatchedAt, deliveredAt }: Shipment) => ({
  status,
  isPresumed,
  dispatchedAt,
  deliveredAt,
});
