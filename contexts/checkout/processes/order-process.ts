import type { OrderTimeLimitReached } from '#events/checkout';
import type { PaymentCaptured, PaymentDeclined } from '#events/billing';
import type {
  OrderReleased,
  OrderReleaseRefused,
  ShipmentDelivered,
  ShipmentDispatched,
  StockReservationRejected,
} from '#events/fulfillment';
import type { Order } from '../domain/order.ts';

export type ProcessEvent =
  | StockReservationRejected
  | PaymentCaptured
  | PaymentDeclined
  | OrderReleased
  | OrderReleaseRefused
  | ShipmentDispatched
  | ShipmentDelivered
  | OrderTimeLimitReached;

/** What the process wants done with its order. */
export type OrderStep =
  | { readonly do: 'confirm' | 'ship' | 'complete' | 'withdraw cancellation' }
  | { readonly do: 'cancel' | 'request cancellation'; readonly reason: string };

/**
 * The order's process manager: this order and this fact in, at most one step out. Facts that come twice, late, or in
 * another order than they happened lead to none.
 */
export function nextStep(order: Order, event: ProcessEvent): OrderStep | undefined {
  switch (event.type) {
    case 'fulfillment.StockReservationRejected':
      return when(isWaiting(order), { do: 'cancel', reason: nameShortage(order, event.data.shortages[0]!) });
    case 'billing.PaymentCaptured':
      return when(isWaiting(order) && !order.cancellationRequested, { do: 'confirm' });
    case 'billing.PaymentDeclined':
      return when(isWaiting(order), { do: 'cancel', reason: `payment declined: ${event.data.reason}`.slice(0, 200) });
    case 'fulfillment.OrderReleased':
      return when(isUnshipped(order), { do: 'cancel', reason: order.reason ?? 'released by fulfillment' });
    case 'fulfillment.OrderReleaseRefused':
      return when(order.cancellationRequested, { do: 'withdraw cancellation' });
    case 'fulfillment.ShipmentDispatched':
      return when(isUnshipped(order) && event.data.isLastOfOrder, { do: 'ship' });
    case 'fulfillment.ShipmentDelivered':
      return when(order.status === 'shipped' && event.data.isLastOfOrder, { do: 'complete' });
    case 'checkout.OrderTimeLimitReached':
      return when(standsStill(order, event.data.awaiting), {
        do: 'request cancellation',
        reason: `no ${event.data.awaiting} within the time limit`,
      });
  }
}

const when = (condition: boolean, step: OrderStep) => (condition ? step : undefined);

const isWaiting = ({ status }: Order) => status === 'placed';

const isUnshipped = ({ status }: Order) => status === 'placed' || status === 'confirmed';

const standsStill = ({ status, cancellationRequested }: Order, awaiting: 'confirmation' | 'dispatch') =>
  !cancellationRequested && status === (awaiting === 'confirmation' ? 'placed' : 'confirmed');

function nameShortage(
  { lines }: Order,
  { productId, requested, available }: StockReservationRejected['data']['shortages'][number],
): string {
  const sku = lines.find((line) => line.productId === productId)?.sku ?? productId;
  return `out of stock: ${sku} (${requested} ordered, ${available} available)`;
}
