import type { ContextStore } from '#events/messaging';
import { bindTo } from '#shared-kernel/unit-of-work';
import { addToCart } from './commands/add-to-cart.ts';
import { cancelOrder } from './commands/cancel-order.ts';
import { changeCartLine } from './commands/change-cart-line.ts';
import { openCart } from './commands/open-cart.ts';
import { placeOrderFromCart } from './commands/place-order-from-cart.ts';
import { placeOrder } from './commands/place-order.ts';
import { recordOrder } from './commands/record-order.ts';
import { removeFromCart } from './commands/remove-from-cart.ts';
import type { CheckoutScope } from './ports.ts';
import { getCart } from './queries/get-cart.ts';
import { getOrder } from './queries/get-order.ts';
import { listOrdersByIds } from './queries/list-orders-by-ids.ts';
import { listOrders } from './queries/list-orders.ts';
import { advanceOrder } from './subscribers/advance-order.ts';
import { keepCustomers } from './subscribers/keep-customers.ts';
import { keepProducts } from './subscribers/keep-products.ts';

export { AddToCart } from './commands/add-to-cart.ts';
export { CancelOrder } from './commands/cancel-order.ts';
export { ChangeCartLine } from './commands/change-cart-line.ts';
export { OpenCart } from './commands/open-cart.ts';
export { PlaceOrderFromCart } from './commands/place-order-from-cart.ts';
export { PlaceOrder } from './commands/place-order.ts';
export { RecordOrder } from './commands/record-order.ts';
export { RemoveFromCart } from './commands/remove-from-cart.ts';
export { CartView } from './queries/get-cart.ts';
export { ListOrdersByIds } from './queries/list-orders-by-ids.ts';
export { ListOrders } from './queries/list-orders.ts';
export { OrderView } from './queries/order-view.ts';
export type { CheckoutScope } from './ports.ts';

/** Carts, orders, and the process that brings an order from click to delivery. */
export function createCheckout(store: ContextStore<CheckoutScope>) {
  const inUnitOfWork = bindTo(store.unitOfWork);
  const reading = bindTo(store.reading);
  return {
    commands: {
      openCart: inUnitOfWork(openCart),
      addToCart: inUnitOfWork(addToCart),
      changeCartLine: inUnitOfWork(changeCartLine),
      removeFromCart: inUnitOfWork(removeFromCart),
      placeOrder: inUnitOfWork(placeOrder),
      placeOrderFromCart: inUnitOfWork(placeOrderFromCart),
      recordOrder: inUnitOfWork(recordOrder),
      cancelOrder: inUnitOfWork(cancelOrder),
    },
    queries: {
      getCart: reading(getCart),
      getOrder: reading(getOrder),
      listOrders: reading(listOrders),
      listOrdersByIds: reading(listOrdersByIds),
    },
    subscribers: [advanceOrder, keepCustomers, keepProducts],
    executors: [],
  };
}
