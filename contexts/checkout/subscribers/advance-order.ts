import { PaymentCaptured, PaymentDeclined } from '#events/billing';
import { OrderTimeLimitReached } from '#events/checkout';
import {
  OrderReleased,
  OrderReleaseRefused,
  ShipmentDelivered,
  ShipmentDispatched,
  StockReservationRejected,
} from '#events/fulfillment';
import { defineSubscriber } from '#events/messaging';
import { abandonOrder, completeOrder, confirmOrder, continueOrder, shipOrder } from '../commands/advance-order.ts';
import { cancelOrder } from '../commands/cancel-order.ts';
import type { Order } from '../domain/order.ts';
import type { CheckoutScope } from '../ports.ts';
import { nextStep, type OrderStep } from '../processes/order-process.ts';

/** Runs the order process: whatever happens to an order elsewhere moves it on here. */
export const advanceOrder = defineSubscriber<CheckoutScope>()({
  name: 'checkout.advanceOrder',
  on: [
    StockReservationRejected,
    PaymentCaptured,
    PaymentDeclined,
    OrderReleased,
    OrderReleaseRefused,
    ShipmentDispatched,
    ShipmentDelivered,
    OrderTimeLimitReached,
  ],
  prepare: ({ orders }, events) => orders.preload(events.map(({ data }) => data.orderId)),
  handle: async (scope, event) => {
    const order = await scope.orders.get(event.data.orderId);
    const step = nextStep(order, event);
    if (step) await take(scope, order, step);
  },
});

async function take(scope: CheckoutScope, order: Order, step: OrderStep): Promise<void> {
  switch (step.do) {
    case 'confirm':
      return confirmOrder(scope, order);
    case 'ship':
      return shipOrder(scope, order);
    case 'complete':
      return completeOrder(scope, order);
    case 'cancel':
      return abandonOrder(scope, order, step.reason);
    case 'request cancellation':
      return cancelOrder(scope, { orderId: order.id, reason: step.reason });
    case 'withdraw cancellation':
      return continueOrder(scope, order);
  }
}
