import { z } from 'zod';
import {
  AdjustStock,
  type createFulfillment,
  DeliverShipment,
  DispatchShipment,
  ListShipments,
  ListStock,
  ListStockAdjustments,
  ListStockReceipts,
  ListWarehouses,
  OpenWarehouse,
  ReceiveStock,
  ReservationView,
  ShipmentView,
  StockAdjustmentView,
  StockReceiptView,
  StockView,
  TransferStock,
  WarehouseView,
} from '#contexts/fulfillment';
import { OrderId, ProductId, ShipmentId } from '#shared-kernel/ids';
import { demo } from '../../demo/load.ts';
import { act, create, type Endpoint, get } from '../endpoint.ts';
import { Made, made, pageOf } from './shapes.ts';

type Fulfillment = ReturnType<typeof createFulfillment>;

const ofShipment = { rename: { id: 'shipmentId' } };

export const fulfillmentEndpoints = (fulfillment: Fulfillment): Endpoint[] => [
  ...stock(fulfillment),
  ...shipments(fulfillment),
];

const stock = ({ commands, queries }: Fulfillment): Endpoint[] => [
  create('/warehouses', 'fulfillment.openWarehouse', {
    summary: 'Open a warehouse',
    input: OpenWarehouse,
    example: { name: 'Turin' },
    run: commands.openWarehouse,
    output: Made,
    respond: made,
  }),
  get('/warehouses', 'fulfillment.listWarehouses', {
    summary: 'Warehouses, page by page',
    input: ListWarehouses,
    run: queries.listWarehouses,
    output: pageOf(WarehouseView),
  }),
  create('/stock-receipts', 'fulfillment.receiveStock', {
    summary: 'Receive pieces of a product into a warehouse',
    input: ReceiveStock,
    example: { productId: demo.productId, warehouseId: demo.warehouseId, quantity: 10 },
    run: commands.receiveStock,
    output: Made,
    respond: made,
  }),
  get('/stock-receipts', 'fulfillment.listStockReceipts', {
    summary: 'What came into the warehouses, page by page; of one product',
    input: ListStockReceipts,
    run: queries.listStockReceipts,
    output: pageOf(StockReceiptView),
  }),
  act('/stock-adjustments', 'fulfillment.adjustStock', {
    summary: 'Say how many pieces more, or fewer, are on hand than was thought',
    input: AdjustStock,
    run: commands.adjustStock,
  }),
  get('/stock-adjustments', 'fulfillment.listStockAdjustments', {
    summary: 'Where stock was not what was thought, and why, page by page; of one product',
    input: ListStockAdjustments,
    run: queries.listStockAdjustments,
    output: pageOf(StockAdjustmentView),
  }),
  act('/stock-transfers', 'fulfillment.transferStock', {
    summary: 'Move available pieces of a product to another warehouse',
    input: TransferStock,
    run: commands.transferStock,
  }),
  get('/stock', 'fulfillment.listStock', {
    summary: 'What is on hand, reserved and available of every product, page by page',
    input: ListStock,
    run: queries.listStock,
    output: pageOf(StockView),
  }),
  get('/stock/{id}', 'fulfillment.getStock', {
    summary: 'What is on hand, reserved and available of one product, by warehouse',
    input: z.strictObject({ id: ProductId }),
    run: ({ id }) => queries.getStock(id),
    output: StockView,
  }),
];

const shipments = ({ commands, queries }: Fulfillment): Endpoint[] => [
  get('/reservations/{orderId}', 'fulfillment.getReservation', {
    summary: 'What is set aside for an order',
    input: z.strictObject({ orderId: OrderId }),
    run: ({ orderId }) => queries.getReservation(orderId),
    output: ReservationView,
  }),
  get('/shipments', 'fulfillment.listShipments', {
    summary: 'Shipments, page by page; of one order',
    input: ListShipments,
    run: queries.listShipments,
    output: pageOf(ShipmentView),
  }),
  get('/shipments/{id}', 'fulfillment.getShipment', {
    summary: 'One shipment',
    input: z.strictObject({ id: ShipmentId }),
    run: ({ id }) => queries.getShipment(id),
    output: ShipmentView,
  }),
  act('/shipments/{id}/dispatch', 'fulfillment.dispatchShipment', {
    summary: 'A parcel leaves the warehouse',
    input: DispatchShipment,
    ...ofShipment,
    run: commands.dispatchShipment,
  }),
  act('/shipments/{id}/deliver', 'fulfillment.deliverShipment', {
    summary: 'A parcel has arrived',
    input: DeliverShipment,
    ...ofShipment,
    run: commands.deliverShipment,
  }),
];
