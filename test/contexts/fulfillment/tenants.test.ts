import { expect, test } from 'vitest';
import { confirm, describeFulfillment, dispatch, reservationOf, shipmentsOf, stockOf } from './depot.ts';

describeFulfillment((openDepot, open) => {
  test('one tenant sees nothing of another', async () => {
    const mine = await openDepot(5);
    const { shipments, orderId } = await confirm(mine, [mine.productId, 2]);
    const other = open();
    await expect(stockOf(other, mine.productId)).rejects.toMatchObject({ code: 'fulfillment.stock-not-found' });
    await expect(reservationOf(other, orderId)).rejects.toMatchObject({ code: 'fulfillment.reservation-not-found' });
    await expect(dispatch(other, shipments[0]!)).rejects.toMatchObject({ code: 'fulfillment.shipment-not-found' });
    expect(await shipmentsOf(other, orderId)).toEqual([]);
  });
});
