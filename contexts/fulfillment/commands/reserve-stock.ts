import { StockReservationRejected, StockReserved } from '#events/fulfillment';
import type { PostalAddress } from '#shared-kernel/address';
import { type CustomerId, newId, type OrderId, ShipmentId } from '#shared-kernel/ids';
import { allocateStock, type Wanted } from '../domain/allocation.ts';
import { prepareShipments, type Reservation } from '../domain/reservation.ts';
import { reserve } from '../domain/stock.ts';
import type { FulfillmentScope } from '../ports.ts';
import { changeStock } from './change-stock.ts';

export interface ReserveStock {
  readonly orderId: OrderId;
  readonly customerId: CustomerId;
  readonly lines: readonly Wanted[];
  readonly shipTo: PostalAddress;
}

/** Sets an order's pieces aside, all of them or none. An order that is known already is left as it is. */
export async function reserveStock(scope: FulfillmentScope, { lines, shipTo, ...order }: ReserveStock): Promise<void> {
  const { reservations, stock, clock, publish } = scope;
  const { orderId } = order;
  const [known] = await reservations.lock([orderId]);
  if (known && known.status !== 'awaited') return;
  const levels = await stock.lock(lines.map(({ productId }) => productId));
  const { allocations, shortages } = allocateStock(lines, levels);
  if (shortages.length > 0) {
    await reservations.save({ ...order, status: 'rejected', allocations: [], shipments: [], shipTo: null });
    return publish(StockReservationRejected({ orderId, shortages }));
  }
  const reserved: Reservation = { ...order, status: 'reserved', allocations, shipments: [], shipTo };
  await changeStock(scope, allocations, reserve);
  await reservations.save(known ? prepareShipments(reserved, clock.now(), () => newId(ShipmentId)) : reserved);
  publish(StockReserved({ orderId }));
}
