import { z } from 'zod';
import { ProductId, WarehouseId } from '#shared-kernel/ids';
import { Quantity } from '#shared-kernel/quantity';
import { adjust } from '../domain/stock.ts';
import type { FulfillmentScope } from '../ports.ts';
import { changeStock } from './change-stock.ts';
import { assertKnown } from './receive-stock.ts';

export const TransferStock = z
  .strictObject({ productId: ProductId, from: WarehouseId, to: WarehouseId, quantity: Quantity })
  .refine(({ from, to }) => from !== to, { path: ['to'], error: 'must be another warehouse' });
export type TransferStock = z.output<typeof TransferStock>;

/**
 * Brings available pieces from one warehouse to another.
 * @throws {NotEnoughAvailable} {@link ProductUnknown} {@link WarehouseUnknown}
 */
export async function transferStock(scope: FulfillmentScope, command: TransferStock): Promise<void> {
  const { productId, from, to, quantity } = command;
  await assertKnown(scope, productId, from, to);
  await scope.stock.open(productId, to);
  const leaving = { productId, warehouseId: from, quantity: -quantity };
  const arriving = { productId, warehouseId: to, quantity };
  await changeStock(scope, [leaving, arriving], adjust);
}
