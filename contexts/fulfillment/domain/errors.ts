import { DomainError } from '#shared-kernel/errors';
import type { OrderId, ProductId, ShipmentId, WarehouseId } from '#shared-kernel/ids';

export class ProductUnknown extends DomainError {
  readonly code = 'fulfillment.product-unknown';
  readonly kind = 'rejected';
  override readonly judgedOnCopy = true;

  constructor(productId: ProductId) {
    super(`product ${productId} is not in the catalogue`, { productId });
  }
}

export class WarehouseUnknown extends DomainError {
  readonly code = 'fulfillment.warehouse-unknown';
  readonly kind = 'rejected';

  constructor(warehouseId: WarehouseId) {
    super(`there is no warehouse ${warehouseId}`, { warehouseId });
  }
}

/** What is reserved stays where it is. */
export class NotEnoughAvailable extends DomainError {
  readonly code = 'fulfillment.not-enough-available';
  readonly kind = 'conflict';

  constructor(productId: ProductId, warehouseId: WarehouseId, available: number) {
    super(`only ${available} pieces of product ${productId} are available in warehouse ${warehouseId}`, {
      productId,
      warehouseId,
      available,
    });
  }
}

export class StockNotFound extends DomainError {
  readonly code = 'fulfillment.stock-not-found';
  readonly kind = 'not-found';
  override readonly judgedOnCopy = true;

  constructor(productId: ProductId) {
    super(`there is no stock of a product ${productId}`, { productId });
  }
}

export class ReservationNotFound extends DomainError {
  readonly code = 'fulfillment.reservation-not-found';
  readonly kind = 'not-found';

  constructor(orderId: OrderId) {
    super(`nothing is known of an order ${orderId}`, { orderId });
  }
}

export class ShipmentNotFound extends DomainError {
  readonly code = 'fulfillment.shipment-not-found';
  readonly kind = 'not-found';

  constructor(shipmentId: ShipmentId) {
    super(`there is no shipment ${shipmentId}`, { shipmentId });
  }
}

/** A parcel arrives only after it has left. */
export class ShipmentNotDispatched extends DomainError {
  readonly code = 'fulfillment.shipment-not-dispatched';
  readonly kind = 'conflict';

  constructor(shipmentId: ShipmentId) {
    super(`shipment ${shipmentId} has not left the warehouse`, { shipmentId });
  }
}

/** Its order was released before it left. */
export class ShipmentVoided extends DomainError {
  readonly code = 'fulfillment.shipment-voided';
  readonly kind = 'conflict';

  constructor(shipmentId: ShipmentId) {
    super(`shipment ${shipmentId} is void: its order was cancelled`, { shipmentId });
  }
}
