import { CIRCUMSTANCES, type Circumstances, missedIn } from './circumstances.ts';
import { type Guard, without } from './guards.ts';
import { PromiseBroken } from './checks/promise-broken.ts';
import { type Figures, Simulation } from './simulation.ts';
import type { Trace } from './world/world.ts';

/** How a seed ended. */
export interface Verdict extends Figures {
  readonly seed: number;
  /** What broke; nothing when all promises were kept. */
  readonly problem: string | undefined;
}

export interface Choices {
  /** A guard that is taken away. */
  readonly missing?: Guard | undefined;
  /** What the run is full of (default: where the missing guard is missed soonest). */
  readonly circumstances?: Circumstances | undefined;
  /** Hears what happens, line by line. */
  readonly trace?: Trace | undefined;
}

/** Runs one seed; the same seed does the same in every run. */
export async function simulate(
  seed: number,
  { missing, circumstances = missedIn(missing), trace }: Choices = {},
): Promise<Verdict> {
  const simulation = new Simulation(seed, { has: without(missing), plan: CIRCUMSTANCES[circumstances], trace });
  const problem = await simulation.run().then(() => undefined, describe);
  return { seed, problem, ...simulation.figures };
}

/** A broken promise says all in its message; of a defect one wants to know where it was. */
const describe = (error: unknown): string =>
  error instanceof PromiseBroken ? error.message : ((error as Error).stack ?? String(error));
