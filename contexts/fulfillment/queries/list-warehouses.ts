import { z } from 'zod';
import { WarehouseId } from '#shared-kernel/ids';
import { type Page, PageRequest } from '#shared-kernel/page';
import type { FulfillmentScope } from '../ports.ts';

export const WarehouseView = z.object({ id: WarehouseId, name: z.string() });
export type WarehouseView = z.output<typeof WarehouseView>;

export const ListWarehouses = PageRequest;
export type ListWarehouses = z.output<typeof ListWarehouses>;

export const listWarehouses = ({ warehouses }: FulfillmentScope, page: ListWarehouses): Promise<Page<WarehouseView>> =>
  warehouses.list(page);
