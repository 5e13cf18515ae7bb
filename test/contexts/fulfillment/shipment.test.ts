import { describe, expect, test } from 'vitest';
import { ShipmentOverdue } from '#events/fulfillment';
import { newId, OrderId, ShipmentId } from '#shared-kernel/ids';
import { shipTo } from '../../support/address.ts';
import { confirm, deliver, describeFulfillment, dispatch, levelsOf, reservationOf, shipmentsOf } from './depot.ts';

describeFulfillment((openDepot) => {
  describe('a shipment', () => {
    test('takes its pieces with it when it is dispatched, and is delivered, each once', async () => {
      const depot = await openDepot(5);
      const { orderId, customerId, shipments } = await confirm(depot, [depot.productId, 2]);
      const shipmentId = shipments[0]!;
      await dispatch(depot, shipmentId);
      await dispatch(depot, shipmentId);
      expect(await levelsOf(depot)).toEqual([
        [3, 0],
        [0, 0],
      ]);
      await deliver(depot, shipmentId);
      await deliver(depot, shipmentId);
      await dispatch(depot, shipmentId);
      const now = depot.clock.now();
      expect(await depot.as(() => depot.context.queries.getShipment(shipmentId))).toMatchObject({
        status: 'delivered',
        preparedAt: now,
        dispatchedAt: now,
        deliveredAt: now,
        isPresumed: false,
        shipTo,
      });
      expect(await reservationOf(depot, orderId)).toMatchObject({ status: 'delivered' });
      expect(await depot.published()).toEqual([
        ['fulfillment.ShipmentDispatched', { shipmentId, orderId, customerId, isLastOfOrder: true }],
        ['fulfillment.ShipmentDelivered', { shipmentId, orderId, isLastOfOrder: true, isPresumed: false }],
      ]);
    });

    test('knows whether it is the last of its order', async () => {
      const depot = await openDepot(3, 2);
      const { shipments } = await confirm(depot, [depot.productId, 5]);
      const [first, last] = [shipments[0]!, shipments[1]!];
      await dispatch(depot, first);
      await deliver(depot, first);
      await dispatch(depot, last);
      await deliver(depot, last);
      const published = await depot.published();
      expect(published.map(([type, data]) => [type, (data as { isLastOfOrder: boolean }).isLastOfOrder])).toEqual([
        ['fulfillment.ShipmentDispatched', false],
        ['fulfillment.ShipmentDelivered', false],
        ['fulfillment.ShipmentDispatched', true],
        ['fulfillment.ShipmentDelivered', true],
      ]);
    });

    test('cannot arrive before it has left', async () => {
      const depot = await openDepot(5);
      const { shipments } = await confirm(depot, [depot.productId, 2]);
      await expect(deliver(depot, shipments[0]!)).rejects.toMatchObject({
        code: 'fulfillment.shipment-not-dispatched',
        kind: 'conflict',
      });
    });

    test('that nobody knows is not found', async () => {
      const depot = await openDepot();
      const unknown = newId(ShipmentId);
      const notFound = { code: 'fulfillment.shipment-not-found' };
      await expect(dispatch(depot, unknown)).rejects.toMatchObject(notFound);
      await expect(deliver(depot, unknown)).rejects.toMatchObject(notFound);
      await expect(depot.as(() => depot.context.queries.getShipment(unknown))).rejects.toMatchObject(notFound);
    });

    test('is presumed delivered when it has been on its way for too long', async () => {
      const depot = await openDepot(5);
      const { orderId, shipments } = await confirm(depot, [depot.productId, 2]);
      const shipmentId = shipments[0]!;
      const overdue = ShipmentOverdue({ shipmentId, orderId });
      await depot.given(overdue);
      expect(await reservationOf(depot, orderId)).toMatchObject({ status: 'shipping' });
      await dispatch(depot, shipmentId);
      await depot.published();
      await depot.given(overdue);
      expect(await depot.published()).toEqual([
        ['fulfillment.ShipmentDelivered', { shipmentId, orderId, isLastOfOrder: true, isPresumed: true }],
      ]);
      await deliver(depot, shipmentId);
      expect(await depot.as(() => depot.context.queries.getShipment(shipmentId))).toMatchObject({ isPresumed: true });
      expect(await depot.published()).toEqual([]);
    });

    test('that is delivered is not presumed to be', async () => {
      const depot = await openDepot(5);
      const { orderId, shipments } = await confirm(depot, [depot.productId, 2]);
      const shipmentId = shipments[0]!;
      await dispatch(depot, shipmentId);
      await deliver(depot, shipmentId);
      await depot.published();
      await depot.given(
        ShipmentOverdue({ shipmentId, orderId }),
        ShipmentOverdue({ shipmentId, orderId: newId(OrderId) }),
      );
      expect(await depot.published()).toEqual([]);
    });

    test('is listed page by page, by order and by status', async () => {
      const depot = await openDepot(10);
      const orders = [
        await confirm(depot, [depot.productId, 1]),
        await confirm(depot, [depot.productId, 1]),
        await confirm(depot, [depot.productId, 1]),
      ];
      await dispatch(depot, orders[1]!.shipments[0]!);
      const { listShipments } = depot.context.queries;
      const first = await depot.as(() => listShipments({ limit: 2 }));
      const rest = await depot.as(() => listShipments({ limit: 2, after: first.next! }));
      expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(orders.flatMap(({ shipments }) => shipments));
      expect(rest.next).toBeNull();
      const prepared = await depot.as(() => listShipments({ limit: 20, status: 'prepared' }));
      expect(prepared.items.map(({ orderId }) => orderId)).toEqual([orders[0]!.orderId, orders[2]!.orderId]);
      expect(await shipmentsOf(depot, newId(OrderId))).toEqual([]);
    });
  });
});
