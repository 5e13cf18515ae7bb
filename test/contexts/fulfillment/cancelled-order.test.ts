import { describe, expect, test } from 'vitest';
import {
  confirm,
  deliver,
  describeFulfillment,
  dispatch,
  levelsOf,
  reservationOf,
  shipmentsOf,
  typesOf,
} from './depot.ts';
import { orderOf } from './story.ts';

describeFulfillment((openDepot) => {
  describe('an order whose cancellation is requested', () => {
    test('is released while nothing has left, and its stock is available again', async () => {
      const depot = await openDepot(3, 2);
      const { orderId, placed, cancellationRequested, cancelled } = orderOf([depot.productId, 4]);
      await depot.given(placed, cancellationRequested, cancelled);
      expect(await levelsOf(depot)).toEqual([
        [3, 0],
        [2, 0],
      ]);
      expect(await reservationOf(depot, orderId)).toMatchObject({ status: 'released' });
      expect(await depot.published()).toEqual([
        ['fulfillment.StockReserved', { orderId }],
        ['fulfillment.OrderReleased', { orderId }],
      ]);
    });

    test('is released after its shipments were prepared; these are void and go nowhere', async () => {
      const depot = await openDepot(3, 2);
      const { orderId, shipments, cancellationRequested } = await confirm(depot, [depot.productId, 5]);
      await depot.given(cancellationRequested);
      expect(await levelsOf(depot)).toEqual([
        [3, 0],
        [2, 0],
      ]);
      expect(await typesOf(depot)).toEqual(['ProductBackInStock', 'OrderReleased']);
      expect(await shipmentsOf(depot, orderId)).toMatchObject([
        { status: 'voided', shipTo: null },
        { status: 'voided', shipTo: null },
      ]);
      const isVoid = { code: 'fulfillment.shipment-voided' };
      await expect(dispatch(depot, shipments[0]!)).rejects.toMatchObject(isVoid);
      await expect(deliver(depot, shipments[0]!)).rejects.toMatchObject(isVoid);
    });

    test('goes on when part of it has left', async () => {
      const depot = await openDepot(3, 2);
      const { orderId, shipments, cancellationRequested, cancelled } = await confirm(depot, [depot.productId, 5]);
      await dispatch(depot, shipments[0]!);
      await depot.published();
      await depot.given(cancellationRequested);
      expect(new Set(await typesOf(depot))).toEqual(new Set(['OrderReleaseRefused']));
      await depot.given(cancelled);
      expect(await levelsOf(depot)).toEqual([
        [0, 0],
        [2, 2],
      ]);
      await dispatch(depot, shipments[1]!);
      await deliver(depot, shipments[0]!);
      await deliver(depot, shipments[1]!);
      expect(await reservationOf(depot, orderId)).toMatchObject({ status: 'delivered' });
      await depot.published();
      await depot.given(cancellationRequested);
      expect(new Set(await typesOf(depot))).toEqual(new Set(['OrderReleaseRefused']));
    });

    test('is released when its stock was never there', async () => {
      const depot = await openDepot();
      const { orderId, placed, cancellationRequested } = orderOf([depot.productId, 1]);
      await depot.given(placed, cancellationRequested);
      expect(await typesOf(depot)).toEqual(['StockReservationRejected', 'OrderReleased']);
      expect(await reservationOf(depot, orderId)).toMatchObject({ status: 'released' });
    });

    test('before it was heard to be placed is released, and never reserved', async () => {
      const depot = await openDepot(5);
      const { orderId, placed, confirmed, cancellationRequested } = orderOf([depot.productId, 2]);
      await depot.given(cancellationRequested, placed, confirmed);
      expect(await depot.published()).toEqual([['fulfillment.OrderReleased', { orderId }]]);
      expect(await levelsOf(depot)).toEqual([
        [5, 0],
        [0, 0],
      ]);
    });
  });

  describe('an order that is cancelled', () => {
    test('is released without a word', async () => {
      const depot = await openDepot(5);
      const { orderId, cancelled } = await confirm(depot, [depot.productId, 2]);
      await depot.given(cancelled);
      expect(await levelsOf(depot)).toEqual([
        [5, 0],
        [0, 0],
      ]);
      expect(await shipmentsOf(depot, orderId)).toMatchObject([{ status: 'voided' }]);
      expect(await depot.published()).toEqual([]);
    });

    test('because its stock was not there stays rejected', async () => {
      const depot = await openDepot();
      const { orderId, placed, cancelled } = orderOf([depot.productId, 1]);
      await depot.given(placed, cancelled);
      expect(await reservationOf(depot, orderId)).toMatchObject({ status: 'rejected' });
    });

    test('before it was heard to be placed is never reserved', async () => {
      const depot = await openDepot(5);
      const { cancelled, placed, confirmed } = orderOf([depot.productId, 2]);
      await depot.given(cancelled, confirmed, placed);
      expect(await depot.published()).toEqual([]);
      expect(await levelsOf(depot)).toEqual([
        [5, 0],
        [0, 0],
      ]);
    });
  });
});
