import type { MikroOrmContext } from '#events/messaging/adapters/postgresql/store';
import type { FulfillmentScope } from '../../ports.ts';
import { ErasedCustomerRow, MikroOrmErasedCustomers } from './erased-customers.ts';
import { MikroOrmProducts, ProductRow } from './products.ts';
import { AllocationRow, ReservationRow, ShipmentRow } from './reservation-rows.ts';
import { MikroOrmReservations } from './reservations.ts';
import { MikroOrmShipments } from './shipments.ts';
import { MikroOrmStock, StockLevelRow } from './stock.ts';
import { MikroOrmStockRecords, StockAdjustmentRow, StockReceiptRow } from './stock-records.ts';
import { MikroOrmWarehouses, WarehouseRow } from './warehouses.ts';

export const fulfillmentOnMikroOrm: MikroOrmContext<FulfillmentScope> = {
  context: 'fulfillment',
  entities: [
    ReservationRow,
    AllocationRow,
    ShipmentRow,
    StockLevelRow,
    StockReceiptRow,
    StockAdjustmentRow,
    WarehouseRow,
    ProductRow,
    ErasedCustomerRow,
  ],
  createScope: (em, { tenantId, ...unit }) => ({
    ...unit,
    tenantId,
    reservations: new MikroOrmReservations(em, tenantId),
    shipments: new MikroOrmShipments(em, tenantId),
    stock: new MikroOrmStock(em, tenantId),
    stockRecords: new MikroOrmStockRecords(em, tenantId),
    warehouses: new MikroOrmWarehouses(em, tenantId),
    products: new MikroOrmProducts(em, tenantId),
    erasedCustomers: new MikroOrmErasedCustomers(em, tenantId),
  }),
};
