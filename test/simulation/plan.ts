import type { LaneSettings } from '#events/messaging/lanes/lane-settings';
import { DEFAULT_LANE_SETTINGS } from '#events/messaging/lanes/lane-settings';
import type { Tempers } from './office/subscribers.ts';
import type { Illness, WardPlan } from './office/ward.ts';
import type { Random } from './world/random.ts';
import { CALM, type Climate } from './world/weather.ts';

export type Fault = 'crash' | 'freeze' | 'outage' | 'termination' | 'retirement' | 'pause' | 'hole' | 'prune';

/** Strikes at a moment, or whoever sends the database the so manieth message, just then. */
export interface PlannedFault {
  readonly kind: Fault;
  readonly at: number;
  readonly by: 'clock' | 'messages';
}

/** All that a seed decides before the clock starts. */
export interface Plan {
  readonly processes: number;
  readonly settings: LaneSettings;
  readonly tempers: Tempers;
  readonly illnesses: Omit<WardPlan, 'seed'>;
  readonly climate: Climate;
  readonly locksExclude: boolean;
  readonly clockError: number;
  readonly wishes: number;
  /** Within how long they come, milliseconds. */
  readonly rushMs: number;
  /** Whether it is looked at afterwards how the processes share the lanes. */
  readonly sharesLanes: boolean;
  readonly stormMs: number;
  readonly faults: readonly PlannedFault[];
  /** Whether who is frozen when the storm ends stays so until the others have recovered. */
  readonly oversleeps: boolean;
}

const ILLNESSES: readonly (readonly Illness['kind'][])[] = [
  ['throws'],
  ['throws', 'hangs'],
  ['throws', 'kills'],
  ['throws', 'ponders'],
];

const FAULTS: readonly Fault[] = ['crash', 'freeze', 'outage', 'termination', 'retirement', 'pause', 'hole', 'prune'];

export function drawPlan(random: Random): Plan {
  const settings = drawSettings(random);
  const stormMs = random.between(300, 2_000);
  return {
    processes: random.pick([1, 2, 2, 2, 3]),
    settings,
    tempers: {
      slowest: random.pick([0, 0, 0, 20, 20, Math.min(800, settings.handlerTimeout / 2)]),
      lateStart: random.chance(0.5),
    },
    illnesses: {
      shareOfIll: random.pick([0, 0, 0.05, 0.15]),
      kinds: random.pick(ILLNESSES),
      handlerTimeout: settings.handlerTimeout,
      mostCurable: settings.attempts - 1,
    },
    climate: random.chance(0.2) ? CALM : drawClimate(random),
    locksExclude: !random.chance(0.15),
    clockError: random.pick([0, 0, 300]),
    wishes: random.whole(2, 9),
    rushMs: stormMs * random.pick([1, 1, 0.1]),
    sharesLanes: random.chance(0.25),
    stormMs,
    faults: Array.from({ length: random.whole(0, 6) }, () => drawFault(random, stormMs)),
    oversleeps: random.chance(0.5),
  };
}

const drawFault = (random: Random, stormMs: number): PlannedFault => {
  const kind = random.pick(FAULTS);
  if (random.chance(0.5)) return { kind, by: 'clock', at: random.between(0, stormMs) };
  return { kind, by: 'messages', at: random.whole(1, 250) };
};

const drawSettings = (random: Random): LaneSettings => ({
  ...DEFAULT_LANE_SETTINGS,
  largestBatch: random.pick([1, 4, 16, 500]),
  handlerTimeout: random.pick([600, 600, 600, DEFAULT_LANE_SETTINGS.handlerTimeout]),
  attempts: random.whole(2, 5),
  retry: { first: random.pick([20, 200, DEFAULT_LANE_SETTINGS.retry.first]), longest: 2_000 },
  keepUpEvery: random.pick([DEFAULT_LANE_SETTINGS.keepUpEvery, { positions: 3, milliseconds: 500 }]),
});

const drawClimate = (random: Random): Climate => ({
  lostBefore: random.pick([0, 0.005, 0.02]),
  lostAfter: random.pick([0, 0.005, 0.02]),
  conflict: random.pick([0, 0.01, 0.05]),
  slow: random.pick([0, 0.01, 0.05]),
});
