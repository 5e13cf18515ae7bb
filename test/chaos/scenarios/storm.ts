import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../faults/fault.ts';
import { type Ground, openGround } from '../ground/ground.ts';
import { Stage, type Staffing } from '../stage.ts';
import type { Check } from '../verdict.ts';
import { judgeEnds, verdictOf } from './judgement.ts';
import type { Scenario, ScenarioCircumstances, ScenarioVerdict } from './scenario.ts';

export interface Storm extends Pick<Scenario, 'name' | 'about' | 'shortest'> {
  readonly staffing: Staffing;
  readonly faults: readonly Fault[];
  /** Milliseconds between two strikes, on average. */
  readonly every: number;
  /** How many strikes follow on each other before what they did is looked at. */
  readonly inARow?: number;
  /** How long a recovery may take, milliseconds. */
  readonly recovery?: number;
  /** What else must hold. */
  readonly judge?: (stage: Stage) => readonly Check[] | Promise<readonly Check[]>;
}

/** A scenario in which faults strike at random while commands are sent, and delivery recovers again and again. */
export const storm = (of: Storm): Scenario => ({
  name: of.name,
  about: of.about,
  shortest: of.shortest,
  async play(circumstances) {
    await using ground = await openGround();
    return await rageOn(ground, of, circumstances);
  },
});

export async function rageOn(
  ground: Ground,
  of: Omit<Storm, keyof Scenario>,
  circumstances: ScenarioCircumstances,
): Promise<ScenarioVerdict> {
  await using stage = await Stage.open(ground, circumstances.chance, of.staffing);
  const strikes = await rage(of, stage, circumstances);
  await stage.quieten();
  return await verdictOf(stage, [judgeStrikes(strikes), ...((await of.judge?.(stage)) ?? [judgeEnds(stage)])], {
    recovery: of.recovery,
    strikes: [...strikes.values()].reduce((sum, count) => sum + count, 0),
  });
}

/** How often each fault struck. */
type Strikes = ReadonlyMap<string, number>;

async function rage(
  of: Omit<Storm, keyof Scenario>,
  stage: Stage,
  { duration, signal }: ScenarioCircumstances,
): Promise<Strikes> {
  const strikes = new Map(of.faults.map(({ name }) => [name, 0]));
  const { inARow = 3 } = of;
  const end = performance.now() + duration;
  for (let at = 0; performance.now() < end || at < of.faults.length; at += 1) {
    if (signal.aborted) break;
    await sleep(of.every * (0.5 + stage.chance.next()));
    const fault = at < of.faults.length ? of.faults[at]! : stage.chance.among(of.faults);
    await fault.strike(stage);
    strikes.set(fault.name, strikes.get(fault.name)! + 1);
    if (at % inARow === inARow - 1) await stage.recover();
  }
  await stage.recover();
  return strikes;
}

/** A run in which nothing went wrong proves nothing. */
const judgeStrikes = (strikes: Strikes): Check => ({
  promise: 'everything that should go wrong did',
  examined: strikes.size,
  broken: [...strikes].filter(([, count]) => count === 0).map(([name]) => `${name}: never`),
});
