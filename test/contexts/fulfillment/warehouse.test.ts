import { describe, expect, test } from 'vitest';
import { idOfName, WarehouseId } from '#shared-kernel/ids';
import { describeFulfillment } from './depot.ts';

describeFulfillment((openDepot, open) => {
  describe('a warehouse', () => {
    test('is opened, and listed page by page', async () => {
      const depot = await openDepot();
      const first = await depot.as(() => depot.context.queries.listWarehouses({ limit: 1 }));
      const rest = await depot.as(() => depot.context.queries.listWarehouses({ limit: 1, after: first.next! }));
      expect([...first.items, ...rest.items]).toEqual([
        { id: depot.north, name: 'North' },
        { id: depot.south, name: 'South' },
      ]);
      expect(rest.next).toBeNull();
    });

    test('that somebody else numbered is opened once', async () => {
      const depot = open();
      const warehouseId = idOfName(WarehouseId, 'warehouses', '7');
      await depot.as(() => depot.context.commands.openWarehouse({ name: 'Seven', warehouseId }));
      expect(await depot.as(() => depot.context.commands.openWarehouse({ name: 'Again', warehouseId }))).toBe(
        warehouseId,
      );
      const { items } = await depot.as(() => depot.context.queries.listWarehouses({ limit: 20 }));
      expect(items).toEqual([{ id: warehouseId, name: 'Seven' }]);
    });
  });
});
