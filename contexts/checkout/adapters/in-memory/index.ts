import type { InMemoryContext } from '#events/messaging/adapters/in-memory/store';
import type { CheckoutScope } from '../../ports.ts';
import { createCarts } from './carts.ts';
import { createCustomers } from './customers.ts';
import { createOrders } from './orders.ts';
import { createProducts } from './products.ts';

export const checkoutInMemory: InMemoryContext<CheckoutScope> = {
  context: 'checkout',
  createScope: (tables, unit) => ({
    ...unit,
    orders: createOrders(tables),
    carts: createCarts(tables),
    products: createProducts(tables),
    customers: createCustomers(tables),
  }),
};
