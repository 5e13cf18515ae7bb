import type { Chance } from '../../proofs/support/chance.ts';
import type { Check } from '../verdict.ts';

/** What a scenario measured, by name, as text. */
export type Figures = Readonly<Record<string, string | number>>;

export interface ScenarioVerdict {
  readonly checks: readonly Check[];
  readonly figures: Figures;
}

export interface ScenarioCircumstances {
  readonly chance: Chance;
  /** For how long things go wrong, milliseconds; a strike that has begun is seen through. */
  readonly duration: number;
  readonly signal: AbortSignal;
}

/** One way in which everything goes wrong, and what must hold all the same. */
export interface Scenario {
  readonly name: string;
  readonly about: string;
  /** Shorter than so many seconds it shows nothing. */
  readonly shortest: number;
  play(circumstances: ScenarioCircumstances): Promise<ScenarioVerdict>;
}
