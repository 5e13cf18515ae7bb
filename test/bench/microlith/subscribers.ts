import { defineSubscriber, type Subscriber } from '#events/messaging';
import { type Effect, EFFECTS, SCHEMA } from '../work/tables.ts';
import type { BenchScope } from './context.ts';
import { OrderPlaced } from './order-placed.ts';

type Heard = (effects: number) => void;

/** A subscriber as they are usually written: one event a call. */
export const oneByOne = (heard: Heard): readonly Subscriber<BenchScope>[] =>
  EFFECTS.map((effect) =>
    defineSubscriber<BenchScope>()({
      name: nameOf(effect),
      on: OrderPlaced,
      startAt: 'now',
      handle: async ({ effects }, { data }) => {
        effects.save(effect, data);
        heard(1);
      },
    }),
  );

/** A subscriber that takes a whole batch at once. */
export const allAtOnce = (heard: Heard): readonly Subscriber<BenchScope>[] =>
  EFFECTS.map((effect) =>
    defineSubscriber<BenchScope>()({
      name: nameOf(effect),
      on: OrderPlaced,
      startAt: 'now',
      handleBatch: async ({ effects }, events) => {
        await effects.saveAll(
          effect,
          events.map(({ data }) => data),
        );
        heard(events.length);
      },
    }),
  );

const nameOf = (effect: Effect) => `${SCHEMA}.write${effect[0]!.toUpperCase()}${effect.slice(1)}`;
