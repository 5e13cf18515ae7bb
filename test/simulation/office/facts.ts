import { z } from 'zod';
import { defineEvent } from '#events/messaging/facts/event';
import type { RecordedEvent } from '#events/messaging/log/log';
import { EventCodec } from '#events/messaging/facts/codec';
import { defineRequest } from '#events/messaging/requests/request';

/** Two contexts that do as little as a shop can: orders come in, are packed, shipped and remembered. */
const Step = z.object({ order: z.string(), n: z.int() });
export type Step = z.output<typeof Step>;

export const OrderPlaced = defineEvent('shop.OrderPlaced', 1, Step, { key: 'order' });
export const OrderPacked = defineEvent('store.OrderPacked', 1, Step, { key: 'order' });
export const OrderShipped = defineEvent('store.OrderShipped', 1, Step, { key: 'order' });
export const OrderRemembered = defineEvent('store.OrderRemembered', 1, Step, { key: 'order' });

export const ShipOrder = defineRequest('store.shipOrder', Step);

export const codec = new EventCodec([OrderPlaced, OrderPacked, OrderShipped, OrderRemembered]);

export const nameOfStep = ({ order, n }: Step) => `${order} ${n}`;

const steps = new WeakMap<RecordedEvent, Step>();

export function stepOf(fact: RecordedEvent): Step {
  const step = steps.get(fact) ?? (JSON.parse(fact.data) as Step);
  steps.set(fact, step);
  return step;
}
