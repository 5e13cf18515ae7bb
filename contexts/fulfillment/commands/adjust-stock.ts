import { z } from 'zod';
import { StockAdjusted } from '#events/fulfillment';
import { ProductId, WarehouseId } from '#shared-kernel/ids';
import { text } from '#shared-kernel/text';
import { uuidV7 } from '#shared-kernel/uuid';
import { adjust } from '../domain/stock.ts';
import type { FulfillmentScope } from '../ports.ts';
import { changeStock } from './change-stock.ts';
import { assertKnown } from './receive-stock.ts';

export const AdjustStock = z.strictObject({
  productId: ProductId,
  warehouseId: WarehouseId,
  difference: z
    .int()
    .min(-1_000_000)
    .max(1_000_000)
    .refine((difference) => difference !== 0, { error: 'must not be 0' })
    .describe('What is there beyond, or short of, what was thought.'),
  reason: text(200),
});
export type AdjustStock = z.output<typeof AdjustStock>;

/**
 * Stock was counted, or something was written off; what is reserved stays.
 * @throws {NotEnoughAvailable} {@link ProductUnknown} {@link WarehouseUnknown}
 */
export async function adjustStock(scope: FulfillmentScope, command: AdjustStock): Promise<void> {
  const { productId, warehouseId, difference } = command;
  await assertKnown(scope, productId, warehouseId);
  await scope.stock.open(productId, warehouseId);
  await changeStock(scope, [{ productId, warehouseId, quantity: difference }], adjust);
  await scope.stockRecords.addAdjustment({ id: uuidV7(), ...command, adjustedAt: scope.clock.now() });
  scope.publish(StockAdjusted({ productId, warehouseId, difference }));
}
