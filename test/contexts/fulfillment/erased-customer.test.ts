import { describe, expect, test } from 'vitest';
import { CustomerErased } from '#events/accounts';
import type { OrderId } from '#shared-kernel/ids';
import { confirm, deliver, type Depot, describeFulfillment, dispatch, shipmentsOf } from './depot.ts';

describeFulfillment((openDepot) => {
  describe('a customer who is erased', () => {
    const addressesOf = async (depot: Depot, orderId: OrderId) =>
      (await shipmentsOf(depot, orderId)).map(({ shipTo }) => shipTo?.recipient);

    test('is forgotten where everything has been delivered', async () => {
      const depot = await openDepot(5);
      const { orderId, customerId, shipments } = await confirm(depot, [depot.productId, 2]);
      await dispatch(depot, shipments[0]!);
      await deliver(depot, shipments[0]!);
      expect(await addressesOf(depot, orderId)).toEqual(['Ada Lovelace']);
      await depot.given(CustomerErased({ customerId }));
      expect(await addressesOf(depot, orderId)).toEqual(['erased']);
    });

    test('still gets what is on its way, and is forgotten then', async () => {
      const depot = await openDepot(3, 2);
      const { orderId, customerId, shipments } = await confirm(depot, [depot.productId, 5]);
      await depot.given(CustomerErased({ customerId }));
      for (const shipment of shipments) {
        expect(await addressesOf(depot, orderId)).toEqual(['Ada Lovelace', 'Ada Lovelace']);
        await dispatch(depot, shipment);
        await deliver(depot, shipment);
      }
      expect(await addressesOf(depot, orderId)).toEqual(['erased', 'erased']);
    });
  });
});
