import type { UnitScope } from '#events/messaging';
import type { CartId, CustomerId, OrderId, ProductId } from '#shared-kernel/ids';
import type { Page, PageRequest } from '#shared-kernel/page';
import type { Cart } from './domain/cart.ts';
import type { Customer } from './domain/customer.ts';
import type { Order, OrderStatus } from './domain/order.ts';
import type { Product } from './domain/product.ts';

/** Everything a command of checkout may touch inside one transaction. */
export interface CheckoutScope extends UnitScope {
  readonly orders: OrderRepository;
  readonly carts: CartRepository;
  readonly products: ProductRepository;
  readonly customers: CustomerRepository;
}

export interface OrderRepository {
  /** @throws {OrderNotFound} */
  get(id: OrderId): Promise<Order>;
  find(id: OrderId): Promise<Order | undefined>;
  /** Those of them that are known, in any order. */
  findAll(ids: readonly OrderId[]): Promise<readonly Order[]>;
  /** Loads, at once, what a batch is about to `get`. */
  preload(ids: readonly OrderId[]): Promise<void>;
  list(page: PageRequest, filter: OrderFilter): Promise<Page<Order>>;
  save(order: Order): Promise<void>;
  /** Removes what names a person from the orders of a customer that are over. */
  forgetCustomer(customerId: CustomerId): Promise<void>;
}

export interface OrderFilter {
  readonly customerId?: CustomerId | undefined;
  readonly status?: OrderStatus | undefined;
}

export interface CartRepository {
  /** @throws {CartNotFound} */
  get(id: CartId): Promise<Cart>;
  save(cart: Cart): Promise<void>;
}

export interface ProductRepository {
  /** Those of them that are known, in any order. */
  findAll(ids: readonly ProductId[]): Promise<readonly Product[]>;
  save(product: Product): Promise<void>;
}

export interface CustomerRepository {
  find(id: CustomerId): Promise<Customer | undefined>;
  save(customer: Customer): Promise<void>;
  remove(id: CustomerId): Promise<void>;
}
