import type { MikroOrmContext } from '#events/messaging/adapters/postgresql/store';
import type { CheckoutScope } from '../../ports.ts';
import { CartRow, MikroOrmCarts } from './carts.ts';
import { CustomerRow, MikroOrmCustomers } from './customers.ts';
import { OrderLineRow, OrderRow } from './order-rows.ts';
import { MikroOrmOrders } from './orders.ts';
import { MikroOrmProducts, ProductRow } from './products.ts';

export const checkoutOnMikroOrm: MikroOrmContext<CheckoutScope> = {
  context: 'checkout',
  entities: [OrderRow, OrderLineRow, CartRow, ProductRow, CustomerRow],
  createScope: (em, unit) => ({
    ...unit,
    orders: new MikroOrmOrders(em, unit.tenantId),
    carts: new MikroOrmCarts(em, unit.tenantId),
    products: new MikroOrmProducts(em, unit.tenantId),
    customers: new MikroOrmCustomers(em, unit.tenantId),
  }),
};
