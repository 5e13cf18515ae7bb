import { z } from 'zod';
import { defineEvent, type EventOf } from '#events/messaging';
import { CustomerId, OrderId, ProductId, ShipmentId, WarehouseId } from '#shared-kernel/ids';
import { Quantity } from '#shared-kernel/quantity';

const ofOrder = { key: 'orderId', correlation: 'orderId' } as const;

/** All pieces of an order are set aside. */
export const StockReserved = defineEvent('fulfillment.StockReserved', 1, z.object({ orderId: OrderId }), ofOrder);
export type StockReserved = EventOf<typeof StockReserved>;

/** Some piece of an order is not there, so none is set aside. */
export const StockReservationRejected = defineEvent(
  'fulfillment.StockReservationRejected',
  1,
  z.object({
    orderId: OrderId,
    shortages: z
      .array(z.object({ productId: ProductId, requested: z.int().positive(), available: z.int().nonnegative() }))
      .min(1)
      .readonly(),
  }),
  ofOrder,
);
export type StockReservationRejected = EventOf<typeof StockReservationRejected>;

/** Nothing is set aside for the order any more, and nothing of it will be dispatched: it may be cancelled. */
export const OrderReleased = defineEvent('fulfillment.OrderReleased', 1, z.object({ orderId: OrderId }), ofOrder);
export type OrderReleased = EventOf<typeof OrderReleased>;

/** Something of the order is on its way already: it can no longer be cancelled. */
export const OrderReleaseRefused = defineEvent(
  'fulfillment.OrderReleaseRefused',
  1,
  z.object({ orderId: OrderId }),
  ofOrder,
);
export type OrderReleaseRefused = EventOf<typeof OrderReleaseRefused>;

/** A parcel left the warehouse. */
export const ShipmentDispatched = defineEvent(
  'fulfillment.ShipmentDispatched',
  1,
  z.object({ shipmentId: ShipmentId, orderId: OrderId, customerId: CustomerId, isLastOfOrder: z.boolean() }),
  ofOrder,
);
export type ShipmentDispatched = EventOf<typeof ShipmentDispatched>;

/** A parcel arrived, or is presumed to have. */
export const ShipmentDelivered = defineEvent(
  'fulfillment.ShipmentDelivered',
  1,
  z.object({ shipmentId: ShipmentId, orderId: OrderId, isLastOfOrder: z.boolean(), isPresumed: z.boolean() }),
  ofOrder,
);
export type ShipmentDelivered = EventOf<typeof ShipmentDelivered>;

/** A parcel has been on its way for as long as any takes. */
export const ShipmentOverdue = defineEvent(
  'fulfillment.ShipmentOverdue',
  1,
  z.object({ shipmentId: ShipmentId, orderId: OrderId }),
  ofOrder,
);
export type ShipmentOverdue = EventOf<typeof ShipmentOverdue>;

/** Pieces came into a warehouse from outside. */
export const StockReceived = defineEvent(
  'fulfillment.StockReceived',
  1,
  z.object({ productId: ProductId, warehouseId: WarehouseId, quantity: Quantity }),
  { key: 'productId' },
);
export type StockReceived = EventOf<typeof StockReceived>;

/** What is on hand was counted or written off: the difference to what was thought. */
export const StockAdjusted = defineEvent(
  'fulfillment.StockAdjusted',
  1,
  z.object({ productId: ProductId, warehouseId: WarehouseId, difference: z.int() }),
  { key: 'productId' },
);
export type StockAdjusted = EventOf<typeof StockAdjusted>;

/** A product that was out of stock is available again. */
export const ProductBackInStock = defineEvent('fulfillment.ProductBackInStock', 1, z.object({ productId: ProductId }), {
  key: 'productId',
});
export type ProductBackInStock = EventOf<typeof ProductBackInStock>;
