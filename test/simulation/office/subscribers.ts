import type { DeliveredEvent } from '#events/messaging/facts/event';
import { defineSubscriber, type Subscriber } from '#events/messaging/lanes/subscriber';
import { dateAt, type Machine, momentOf } from '../world/machine.ts';
import type { Random } from '../world/random.ts';
import { nameOfStep, OrderPacked, OrderPlaced, OrderRemembered, OrderShipped, ShipOrder, type Step } from './facts.ts';
import type { OfficeScope } from './scope.ts';
import type { Ward } from './ward.ts';

export interface Tempers {
  /** Longest a handler takes for itself, milliseconds. */
  readonly slowest: number;
  readonly lateStart: boolean;
}

/** Which types each of them hears. */
export const TYPES_OF: ReadonlyMap<string, readonly string[]> = new Map([
  ['store.pack', [OrderPlaced.type]],
  ['store.forget', [OrderPacked.type]],
  ['shop.report', [OrderPlaced.type, OrderPacked.type, OrderShipped.type, OrderRemembered.type]],
  ['shop.audit', [OrderPlaced.type, OrderShipped.type]],
]);

type Roster = Readonly<Record<'shop' | 'store', readonly Subscriber<OfficeScope>[]>>;

/** Who listens in the simulated contexts: one that publishes, one that hears all, one that takes batches, a late one. */
export function createSubscribers(machine: Machine, random: Random, ward: Ward, tempers: Tempers): Roster {
  const handle = async (name: string, scope: OfficeScope, event: DeliveredEvent): Promise<Step> => {
    const data = event.data as Step;
    await ward.suffer(name, event, scope, machine);
    if (random.chance(0.3)) await scope.look();
    scope.keep({ by: name, key: data.order, cause: event.id });
    return data;
  };

  const pack = defineSubscriber<OfficeScope>()({
    name: 'store.pack',
    on: OrderPlaced,
    handle: async (scope, event) => {
      const step = await handle('store.pack', scope, event);
      scope.publish(OrderPacked(step));
      scope.request(ShipOrder({ id: nameOfStep(step), key: step.order, payload: step }));
      const due = dateAt(momentOf(event.occurredAt) + (step.n % 4) * 400);
      scope.schedule.at(due, nameOfStep(step), OrderRemembered(step));
    },
  });

  const forget = defineSubscriber<OfficeScope>()({
    name: 'store.forget',
    on: OrderPacked,
    singly: true,
    handle: async (scope, event) => {
      const step = await handle('store.forget', scope, event);
      if (step.n % 3 === 0) scope.schedule.cancel(nameOfStep(step));
    },
  });

  const report = defineSubscriber<OfficeScope>()({
    name: 'shop.report',
    on: [OrderPlaced, OrderPacked, OrderShipped, OrderRemembered],
    handleBatch: async (scope, events) => {
      for (const event of events) await handle('shop.report', scope, event);
    },
  });

  const audit = defineSubscriber<OfficeScope>()({
    name: 'shop.audit',
    on: [OrderPlaced, OrderShipped],
    startAt: tempers.lateStart ? 'now' : 'beginning',
    handle: async (scope, event) => {
      if (tempers.slowest > 0) await machine.sleep(random.between(0, tempers.slowest));
      await handle('shop.audit', scope, event);
    },
  });

  return { shop: [report, audit], store: [pack, forget] };
}
