import type { ContextStore } from '#events/messaging';
import { bindTo } from '#shared-kernel/unit-of-work';
import { adjustStock } from './commands/adjust-stock.ts';
import { deliverShipment } from './commands/deliver-shipment.ts';
import { dispatchShipment } from './commands/dispatch-shipment.ts';
import { openWarehouse } from './commands/open-warehouse.ts';
import { receiveStock } from './commands/receive-stock.ts';
import { transferStock } from './commands/transfer-stock.ts';
import type { FulfillmentScope } from './ports.ts';
import { getReservation } from './queries/get-reservation.ts';
import { getShipment } from './queries/get-shipment.ts';
import { getStock } from './queries/get-stock.ts';
import { listShipments } from './queries/list-shipments.ts';
import { listStockAdjustments } from './queries/list-stock-adjustments.ts';
import { listStockReceipts } from './queries/list-stock-receipts.ts';
import { listStock } from './queries/list-stock.ts';
import { listWarehouses } from './queries/list-warehouses.ts';
import { forgetCustomer } from './subscribers/forget-customer.ts';
import { keepProducts } from './subscribers/keep-products.ts';
import { prepareShipmentsOnOrderConfirmed } from './subscribers/prepare-shipments-on-order-confirmed.ts';
import { presumeDelivery } from './subscribers/presume-delivery.ts';
import { releaseStock } from './subscribers/release-stock.ts';
import { reserveStockOnOrderPlaced } from './subscribers/reserve-stock-on-order-placed.ts';

export { AdjustStock } from './commands/adjust-stock.ts';
export { DeliverShipment } from './commands/deliver-shipment.ts';
export { DispatchShipment } from './commands/dispatch-shipment.ts';
export { OpenWarehouse } from './commands/open-warehouse.ts';
export { ReceiveStock } from './commands/receive-stock.ts';
export { TransferStock } from './commands/transfer-stock.ts';
export { ReservationView } from './queries/get-reservation.ts';
export { ListShipments } from './queries/list-shipments.ts';
export { ListStockAdjustments, StockAdjustmentView } from './queries/list-stock-adjustments.ts';
export { ListStockReceipts, StockReceiptView } from './queries/list-stock-receipts.ts';
export { ListStock } from './queries/list-stock.ts';
export { ListWarehouses, WarehouseView } from './queries/list-warehouses.ts';
export { ShipmentView } from './queries/shipment-view.ts';
export { StockView } from './queries/stock-view.ts';
export type { FulfillmentScope } from './ports.ts';

/** Stock per warehouse, what is set aside for orders, and the shipments that leave. */
export function createFulfillment(store: ContextStore<FulfillmentScope>) {
  const inUnitOfWork = bindTo(store.unitOfWork);
  const reading = bindTo(store.reading);
  return {
    commands: {
      openWarehouse: inUnitOfWork(openWarehouse),
      receiveStock: inUnitOfWork(receiveStock),
      adjustStock: inUnitOfWork(adjustStock),
      transferStock: inUnitOfWork(transferStock),
      dispatchShipment: inUnitOfWork(dispatchShipment),
      deliverShipment: inUnitOfWork(deliverShipment),
    },
    queries: {
      getStock: reading(getStock),
      listStock: reading(listStock),
      listStockReceipts: reading(listStockReceipts),
      listStockAdjustments: reading(listStockAdjustments),
      listWarehouses: reading(listWarehouses),
      getReservation: reading(getReservation),
      getShipment: reading(getShipment),
      listShipments: reading(listShipments),
    },
    subscribers: [
      keepProducts,
      reserveStockOnOrderPlaced,
      prepareShipmentsOnOrderConfirmed,
      releaseStock,
      presumeDelivery,
      forgetCustomer,
    ],
    executors: [],
  };
}
