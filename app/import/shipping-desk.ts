import { setTimeout as sleep } from 'node:timers/promises';
import type { OrderId, ShipmentId } from '#shared-kernel/ids';
import { act, brokenRule } from './act.ts';
import { OrdersStandStill, PATIENCE } from './order-watch.ts';
import { allPages } from './pages.ts';
import type { Run } from './run.ts';

interface Waiting {
  readonly orderId: OrderId;
  readonly since: number;
  readonly done: PromiseWithResolvers<void>;
}

const AT_ONCE = 8;
const HEARD_WITHIN = 1_000;
const PAUSE = 100;

/** Dispatches and delivers the parcels of confirmed orders: waits once for all that come at the same time. */
export class ShippingDesk {
  readonly #run: Pick<Run, 'system'>;
  readonly #waiting: Waiting[] = [];
  #isOpen = false;

  constructor(run: Pick<Run, 'system'>) {
    this.#run = run;
  }

  /** Resolves when everything of a confirmed order is delivered. @throws {OrdersStandStill} */
  ship(orderId: OrderId): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ orderId, since: Date.now(), done });
    if (!this.#isOpen) void this.#serve();
    return done.promise;
  }

  async #serve(): Promise<void> {
    this.#isOpen = true;
    while (this.#waiting.length > 0) {
      const { relay } = this.#run.system;
      await relay.caughtUp('fulfillment', relay.frontier.position, HEARD_WITHIN);
      const served = await this.#serveAll(this.#waiting.splice(0));
      if (!served) await sleep(PAUSE);
    }
    this.#isOpen = false;
  }

  /** Whether anybody was served; who was not waits again. */
  async #serveAll(customers: readonly Waiting[]): Promise<boolean> {
    const queue = customers.values();
    const before = this.#waiting.length;
    const serveNext = async () => {
      for (const customer of queue) await this.#serveOne(customer);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, serveNext));
    return this.#waiting.length - before < customers.length;
  }

  async #serveOne(customer: Waiting): Promise<void> {
    const { orderId, since, done } = customer;
    try {
      if (await this.#deliver(orderId)) done.resolve();
      else if (Date.now() - since < PATIENCE) this.#waiting.push(customer);
      else done.reject(new OrdersStandStill([orderId], PATIENCE));
    } catch (error) {
      done.reject(error);
    }
  }

  /** False while nothing is prepared. What has left or has arrived already is left alone. */
  async #deliver(orderId: OrderId): Promise<boolean> {
    const { commands, queries } = this.#run.system.contexts.fulfillment;
    const shipments = await act('fulfillment.listShipments', () =>
      allPages((page) => queries.listShipments({ ...page, orderId })),
    );
    const withAll = async (operation: string, command: (shipment: { shipmentId: ShipmentId }) => Promise<void>) => {
      for (const { id: shipmentId } of shipments) await brokenRule(operation, () => command({ shipmentId }));
    };
    await withAll('fulfillment.dispatchShipment', commands.dispatchShipment);
    await withAll('fulfillment.deliverShipment', commands.deliverShipment);
    return shipments.length > 0;
  }
}
