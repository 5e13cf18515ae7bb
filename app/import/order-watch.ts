import { setTimeout as sleep } from 'node:timers/promises';
import type { OrderView } from '#contexts/checkout';
import type { Bus } from '#events/messaging/log/bus';
import type { RecordedEvent } from '#events/messaging/log/log';
import type { OrderId } from '#shared-kernel/ids';

export type OrderStatus = OrderView['status'];

/** Orders do not get on. */
export class OrdersStandStill extends Error {
  constructor(orderIds: readonly OrderId[], patience: number) {
    const [first, ...others] = orderIds;
    const more = others.length > 0 ? `, and ${others.length} more` : '';
    super(
      `for ${patience / 1000} s no order has moved on, though some wait: ${first}${more}; "npx microlith trace ${first}" shows how far it came`,
    );
    this.name = 'OrdersStandStill';
  }
}

const STATUS_AFTER: Readonly<Record<string, OrderStatus>> = {
  'checkout.OrderConfirmed': 'confirmed',
  'checkout.OrderCancelled': 'cancelled',
  'checkout.OrderCompleted': 'completed',
};

/** How often an order is looked at of which nothing is heard, milliseconds. */
const LOOK_EVERY = 1_000;
/** How long none may move on while some wait, milliseconds. */
export const PATIENCE = 120_000;

/** Hears how orders get on, from the bus; and looks, now and then, for what it may have missed. */
export class OrderWatch {
  readonly #waiting = new Map<OrderId, (status: OrderStatus) => void>();
  readonly #look: (orderId: OrderId) => Promise<OrderStatus>;
  readonly #leave: () => void;
  #movedAt = Date.now();

  constructor(bus: Bus, look: (orderId: OrderId) => Promise<OrderStatus>) {
    this.#look = look;
    this.#leave = bus.on(Object.keys(STATUS_AFTER), (event) => this.#hear(event));
  }

  /** The first of these statuses that an order reaches. @throws {OrdersStandStill} */
  async until(orderId: OrderId, ...wanted: readonly OrderStatus[]): Promise<OrderStatus> {
    try {
      for (;;) {
        const heard = this.#next(orderId);
        const giveUp = new AbortController();
        const tired = sleep(LOOK_EVERY, undefined, { signal: giveUp.signal }).catch(() => undefined);
        const news = await Promise.race([heard, tired]);
        giveUp.abort();
        const status = news ?? (await this.#look(orderId));
        if (wanted.includes(status)) return this.#arrived(status);
        if (!news) this.#assertPatient();
      }
    } finally {
      this.#waiting.delete(orderId);
    }
  }

  close(): void {
    this.#leave();
  }

  #next(orderId: OrderId): Promise<OrderStatus> {
    return new Promise((resolve) => {
      this.#waiting.set(orderId, resolve);
    });
  }

  #hear({ key, type }: RecordedEvent): void {
    this.#waiting.get(key as OrderId)?.(STATUS_AFTER[type]!);
  }

  #arrived(status: OrderStatus): OrderStatus {
    this.#movedAt = Date.now();
    return status;
  }

  #assertPatient(): void {
    if (Date.now() - this.#movedAt > PATIENCE) throw new OrdersStandStill([...this.#waiting.keys()], PATIENCE);
  }
}
