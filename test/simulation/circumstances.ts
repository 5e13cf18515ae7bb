import { DEFAULT_LANE_SETTINGS } from '#events/messaging/lanes/lane-settings';
import type { Guard } from './guards.ts';
import type { Fault, Plan, PlannedFault } from './plan.ts';
import { CALM } from './world/weather.ts';

/** Messages until processes are at work. */
const BEGINNING = 60;

const every = (milliseconds: number, kind: Fault, times: number): PlannedFault[] =>
  Array.from({ length: times }, (_, at) => ({ kind, by: 'clock', at: milliseconds * (at + 1) }));
const everyFew = (messages: number, kind: Fault, times: number): PlannedFault[] =>
  Array.from({ length: times }, (_, at) => ({ kind, by: 'messages', at: BEGINNING + messages * at }));

const HANDLER_TIMEOUT = 600;

/** What a run may be full of, which seeds alone hardly ever bring about. */
export const CIRCUMSTANCES = {
  anything: {},
  /** Processes come back that stood still while others went on without them, and old rows of ledgers are gone. */
  zombies: {
    processes: 3,
    wishes: 9,
    locksExclude: false,
    faults: [...everyFew(37, 'freeze', 4), ...every(200, 'prune', 6)],
  },
  /** Much is parked, and who tries it again, as soon as can be, stands still in the midst of it. */
  illness: {
    processes: 3,
    wishes: 9,
    settings: {
      ...DEFAULT_LANE_SETTINGS,
      largestBatch: 4,
      handlerTimeout: HANDLER_TIMEOUT,
      retry: { first: 20, longest: 200 },
    },
    tempers: { slowest: 20, lateStart: false },
    illnesses: { shareOfIll: 0.4, kinds: ['throws'], handlerTimeout: HANDLER_TIMEOUT, mostCurable: 1 },
    faults: everyFew(37, 'freeze', 8),
  },
  /** Many append at a time, some positions stay empty, and nothing else goes wrong. */
  crowd: {
    processes: 2,
    wishes: 40,
    rushMs: 200,
    stormMs: 300,
    illnesses: { shareOfIll: 0, kinds: ['throws'], handlerTimeout: HANDLER_TIMEOUT, mostCurable: 1 },
    climate: CALM,
    sharesLanes: false,
    faults: every(20, 'hole', 10),
  },
} as const satisfies Record<string, Partial<Plan>>;

export type Circumstances = keyof typeof CIRCUMSTANCES;

const MISSED_IN: Partial<Record<Guard, Circumstances>> = {
  endIsSeenFirst: 'crowd',
  predecessorIsProven: 'zombies',
  retriesHoldTheirRow: 'illness',
};

/** Where the lack of a guard shows soonest. */
export const missedIn = (guard: Guard | undefined): Circumstances => (guard && MISSED_IN[guard]) ?? 'anything';
