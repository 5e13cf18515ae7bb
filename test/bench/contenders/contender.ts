import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import type { Order } from '../work/order.ts';

/** One way to bring the fact of each order to three subscribers. */
export interface Contender {
  /** Makes its tables, and those of the work, in an empty database; with so many facts of old that all have handled. */
  prepare(address: DatabaseAddress, oldFacts: number): Promise<void>;
  open(address: DatabaseAddress, options: PostOptions): Promise<Post>;
}

export interface PostOptions {
  /** How many orders are placed at the same time. */
  readonly producers: number;
  /** To be called with the number of effects that a handler is about to write, or has written. */
  readonly heard: (effects: number) => void;
  readonly reportError: (error: unknown) => void;
}

/** A connected process of a contender: it places orders, and delivers once it is told to. */
export interface Post {
  /** Commits the orders and their facts in one transaction. */
  place(orders: readonly Order[]): Promise<void>;
  /** Commits an order without any fact: what the fact costs is the difference. */
  placeSilently(order: Order): Promise<void>;
  startDelivery(): Promise<void>;
  /** Finishes what is in flight. */
  close(): Promise<void>;
}
