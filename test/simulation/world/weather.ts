import type { Machine } from './machine.ts';
import type { World } from './world.ts';

/** What becomes of one call to the database. */
export type Fate = 'fine' | 'lost before' | 'lost after' | 'conflict';

/** Chances of a call, each from 0 to 1. */
export interface Climate {
  readonly lostBefore: number;
  readonly lostAfter: number;
  readonly conflict: number;
  /** A message that takes far longer than others. */
  readonly slow: number;
}

export const CALM: Climate = { lostBefore: 0, lostAfter: 0, conflict: 0, slow: 0 };

/** Milliseconds a message is under way. */
const USUAL = { low: 0.05, high: 1.5 };
const SLOW = { low: 5, high: 130 };

/** The network and what it does to calls. */
export class Weather {
  readonly #world: World;
  #climate: Climate = CALM;
  /** Hears of every message to the database. */
  onMessage: (from: Machine) => void = () => undefined;

  constructor(world: World) {
    this.#world = world;
  }

  change(climate: Climate): void {
    this.#climate = climate;
  }

  latency(): number {
    const { random } = this.#world;
    const { low, high } = random.chance(this.#climate.slow) ? SLOW : USUAL;
    return random.between(low, high);
  }

  fate(): Fate {
    const { lostBefore, lostAfter, conflict } = this.#climate;
    const draw = this.#world.random.next();
    if (draw < lostBefore) return 'lost before';
    if (draw < lostBefore + lostAfter) return 'lost after';
    return draw < lostBefore + lostAfter + conflict ? 'conflict' : 'fine';
  }
}
