import { defineSubscriber, type Subscriber } from '#events/messaging';
import { type Effect, EFFECTS, SCHEMA } from '../work/tables.ts';
import type { BenchScope } from './context.ts';
import { OrderDoubted, OrderPlaced } from './order-placed.ts';

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
        effects.saveAll(
          effect,
          events.map(({ data }) => data),
        );
        heard(events.length);
      },
    }),
  );

const RARE = 47;

/** The three, and many that hardly ever hear anything and do nothing about it. */
export const crowd = (heard: Heard): readonly Subscriber<BenchScope>[] => [
  ...oneByOne(heard),
  ...Array.from({ length: RARE }, (_, at) =>
    defineSubscriber<BenchScope>()({
      name: `${SCHEMA}.lookIntoDoubts${at}`,
      on: OrderDoubted,
      startAt: 'now',
      handle: async () => undefined,
    }),
  ),
];

const nameOf = (effect: Effect) => `${SCHEMA}.write${effect[0]!.toUpperCase()}${effect.slice(1)}`;
