import type { WarehouseId } from '#shared-kernel/ids';

export interface Warehouse {
  readonly id: WarehouseId;
  readonly name: string;
}
