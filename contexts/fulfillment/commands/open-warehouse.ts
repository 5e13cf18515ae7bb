import { z } from 'zod';
import { newId, WarehouseId } from '#shared-kernel/ids';
import { text } from '#shared-kernel/text';
import type { FulfillmentScope } from '../ports.ts';

export const OpenWarehouse = z.strictObject({
  name: text(100),
  warehouseId: WarehouseId.optional().describe(
    'For whoever numbers warehouses elsewhere: opening one twice changes nothing.',
  ),
});
export type OpenWarehouse = z.output<typeof OpenWarehouse>;

export async function openWarehouse(
  { warehouses }: FulfillmentScope,
  { name, warehouseId = newId(WarehouseId) }: OpenWarehouse,
): Promise<WarehouseId> {
  await warehouses.add({ id: warehouseId, name });
  return warehouseId;
}
