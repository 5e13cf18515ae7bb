import { availableParallelism, loadavg } from 'node:os';
import type { Stage } from '../stage.ts';
import { type Check, judge } from '../verdict.ts';
import type { ScenarioVerdict } from './scenario.ts';

/** Milliseconds, with the defaults of everything. */
export const RECOVERY = 10_000;

/** What a stage came to, once it is quiet. */
export async function verdictOf(
  stage: Stage,
  more: readonly Check[],
  { strikes, recovery = RECOVERY }: { readonly strikes: number; readonly recovery?: number | undefined },
): Promise<ScenarioVerdict> {
  const evidence = await stage.evidence();
  return {
    checks: [judgeLoad(stage), ...judge(evidence), judgeRecoveries(stage.recoveries, recovery), ...more],
    figures: {
      strikes,
      ...(stage.struck.length > 0 && { 'connections struck, by what they were at': count(stage.struck) }),
      'commands acknowledged': evidence.acknowledged.length,
      'calls that nobody answered': stage.unanswered,
      'events, effects': `${evidence.log.length}, ${evidence.effects.length}`,
      load: `commands ${stage.slowness} times slower than wished; ${loadavg()[0]!.toFixed(1)} processes wanted ${availableParallelism()} processors; handled within ${seconds(stage.calm)} in calm`,
      'recovery, median and longest': spread(stage.recoveries),
      'processes that ended by themselves': stage.ends.length,
      'parked for a moment': evidence.wasParked.length - evidence.parked.length,
    },
  };
}

/** Where nobody asked for anything, nothing could go wrong. */
const judgeLoad = ({ acknowledged }: Stage): Check => ({
  promise: 'commands were answered all the while',
  examined: acknowledged.length,
  broken: acknowledged.length > 0 ? [] : ['none was'],
});

const judgeRecoveries = (recoveries: readonly number[], limit: number): Check => ({
  promise: `all is handled within ${limit / 1000} s after a disturbance`,
  examined: recoveries.length,
  broken: recoveries.filter((each) => each > limit).map((each) => `it took ${seconds(each)}`),
});

export const judgeEnds = ({ ends, stops }: Pick<Stage, 'ends' | 'stops'>): Check => ({
  promise: 'no process ended by itself',
  examined: ends.length,
  broken: [...ends.map((code) => `a process ended with ${code}`), ...stops],
});

export const spread = (milliseconds: readonly number[]): string => {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  return `${seconds(sorted[Math.floor(sorted.length / 2)] ?? 0)}, ${seconds(sorted.at(-1) ?? 0)}`;
};

/** Each item and how often it is there. */
const count = (items: readonly string[]): string =>
  [...Map.groupBy(items, (item) => item)].map(([item, { length }]) => `${item} ${length}`).join(', ');

const seconds = (milliseconds: number): string =>
  Number.isFinite(milliseconds) ? `${(milliseconds / 1000).toFixed(2)} s` : 'for ever';
