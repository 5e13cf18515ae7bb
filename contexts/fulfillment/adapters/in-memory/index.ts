import type { InMemoryContext } from '#events/messaging/adapters/in-memory/store';
import type { FulfillmentScope } from '../../ports.ts';
import { createErasedCustomers } from './erased-customers.ts';
import { createProducts } from './products.ts';
import { createReservations } from './reservations.ts';
import { createShipments } from './shipments.ts';
import { createStock } from './stock.ts';
import { createStockRecords } from './stock-records.ts';
import { createWarehouses } from './warehouses.ts';

export const fulfillmentInMemory: InMemoryContext<FulfillmentScope> = {
  context: 'fulfillment',
  createScope: (tables, unit) => ({
    ...unit,
    reservations: createReservations(tables),
    shipments: createShipments(tables),
    stock: createStock(tables),
    stockRecords: createStockRecords(tables),
    warehouses: createWarehouses(tables),
    products: createProducts(tables),
    erasedCustomers: createErasedCustomers(tables),
  }),
};
