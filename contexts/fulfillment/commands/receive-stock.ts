import { z } from 'zod';
import { StockReceived } from '#events/fulfillment';
import { ProductId, WarehouseId } from '#shared-kernel/ids';
import { Quantity } from '#shared-kernel/quantity';
import { uuidV7 } from '#shared-kernel/uuid';
import { ProductUnknown, WarehouseUnknown } from '../domain/errors.ts';
import { receive } from '../domain/stock.ts';
import type { FulfillmentScope } from '../ports.ts';
import { changeStock } from './change-stock.ts';

export const ReceiveStock = z.strictObject({
  productId: ProductId,
  warehouseId: WarehouseId,
  quantity: Quantity,
  receiptId: z
    .uuid()
    .toLowerCase()
    .optional()
    .describe('For whoever numbers receipts elsewhere: the same receipt twice changes nothing.'),
});
export type ReceiveStock = z.output<typeof ReceiveStock>;

/** Pieces came into a warehouse from outside; returns the receipt's id. @throws {ProductUnknown} {@link WarehouseUnknown} */
export async function receiveStock(scope: FulfillmentScope, command: ReceiveStock): Promise<string> {
  const { productId, warehouseId, quantity, receiptId: id = uuidV7() } = command;
  await assertKnown(scope, productId, warehouseId);
  const receipt = { id, productId, warehouseId, quantity, receivedAt: scope.clock.now() };
  if (!(await scope.stockRecords.addReceipt(receipt))) return id;
  await scope.stock.open(productId, warehouseId);
  await changeStock(scope, [receipt], receive);
  scope.publish(StockReceived({ productId, warehouseId, quantity }));
  return id;
}

/** @throws {ProductUnknown} {@link WarehouseUnknown} */
export async function assertKnown(
  { products, warehouses }: FulfillmentScope,
  productId: ProductId,
  ...warehouseIds: readonly WarehouseId[]
): Promise<void> {
  if ((await products.findAll([productId])).length === 0) throw new ProductUnknown(productId);
  for (const id of warehouseIds) if (!(await warehouses.find(id))) throw new WarehouseUnknown(id);
}
