import type { Measure } from '../floors.ts';
import type { FigureName } from '../scenario.ts';

const SCENARIO = 'order-flow';

interface Pair {
  readonly ours: string;
  /** What a team would pick instead, in the same circumstances. */
  readonly theirs: string;
  /** The limits of latency are set for 8 clients. */
  readonly isCrowded?: true;
}

const PAIRS: readonly Pair[] = [
  { ours: 'microlith', theirs: 'Vendure' },
  { ours: 'microlith, hot row', theirs: 'Vendure, hot row' },
  { ours: 'microlith × 4', theirs: 'Vendure' },
  { ours: 'microlith × 4, hot row', theirs: 'Vendure, hot row' },
  { ours: 'microlith, 32 clients', theirs: 'Vendure, 32 clients', isCrowded: true },
];

/** The design's figures: what Vendure took beside us, what we aim at and what we must reach, on one machine. */
const BESIDE_VENDURE: readonly (readonly [
  figure: FigureName,
  name: string,
  theirs: number,
  goal: number,
  floor: number,
])[] = [
  ['p50', 'p50', 492, 20, 50],
  ['p99', 'p99', 708, 60, 200],
  ['followedP50', 'followed up, p50', 170, 5, 20],
  ['followedP99', 'followed up, p99', 700, 25, 100],
  ['cpuMs', 'CPU', 59, 3, 8],
  ['startSeconds', 'start', 1.9, 1.5, 3],
];

/** A machine is no faster than the design's where Vendure takes at least so long, milliseconds, to confirm an order of 8 clients. */
const SLOWNESS = { where: ['Vendure', 'p50'], takesAtLeast: 492 } as const;

/** What does not depend on the machine. */
const AT_MOST: readonly (readonly [figure: FigureName, name: string, goal: number, floor: number])[] = [
  ['httpCalls', 'HTTP calls per order', 1, 3],
  ['statements', 'SQL statements per order', 25, 60],
  ['writes', 'transactions that wrote, per order', 4, 8],
  ['walKilobytes', 'WAL kB per order', 8, 16],
  ['idleMegabytes', 'MB idle', 150, 250],
  ['loadedMegabytes', 'MB after the load', 250, 400],
  ['idleStatements', 'idle SQL statements/s', 3, 10],
  ['wrongPieces', 'pieces not set aside', 0, 0],
];

const rate = ({ ours, theirs }: Pair): Measure => ({
  ...measureOf('orders/s', [ours, 'ordersPerSecond'], [theirs, 'ordersPerSecond']),
  goal: 20,
  floor: 8,
});

/** How many times better than Vendure. */
const timesBetter = ({ ours, theirs, isCrowded }: Pair): readonly Measure[] =>
  BESIDE_VENDURE.filter(([figure]) => !isCrowded || (figure !== 'p50' && figure !== 'p99')).map(
    ([figure, name, took, goal, floor]) => ({
      ...measureOf(name, [theirs, figure], [ours, figure]),
      goal: took / goal,
      floor: took / floor,
      stated: { of: [ours, figure], goal, floor, ...SLOWNESS },
    }),
  );

const measureOf = (name: string, of: Measure['of'], over: Measure['of']) => ({
  name: `${SCENARIO}: ${name}, ${of[0]} ÷ ${over[0]}`,
  scenario: SCENARIO,
  of,
  over,
  better: 'higher' as const,
});

const atMost = ({ ours }: Pair): readonly Measure[] =>
  AT_MOST.map(([figure, name, goal, floor]) => ({
    name: `${SCENARIO}: ${name}, ${ours}`,
    scenario: SCENARIO,
    of: [ours, figure],
    better: 'lower',
    goal,
    floor,
  }));

/** What the design asks for of the shop itself. */
export const ORDER_FLOW_MEASURES: readonly Measure[] = PAIRS.flatMap((pair) => [
  rate(pair),
  ...timesBetter(pair),
  ...atMost(pair),
]);
