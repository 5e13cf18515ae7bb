import type { Measure } from '../floors.ts';
import type { FigureName } from '../scenario.ts';

const SCENARIO = 'order-flow';

interface Pair {
  readonly ours: string;
  /** What a team would pick instead, in the same circumstances. */
  readonly theirs: string;
  /** By more than the 8 clients that the design's latencies are stated for. */
  readonly isCrowded?: true;
}

const PAIRS: readonly Pair[] = [
  { ours: 'microlith', theirs: 'Vendure' },
  { ours: 'microlith, hot row', theirs: 'Vendure, hot row' },
  { ours: 'microlith × 4', theirs: 'Vendure' },
  { ours: 'microlith × 4, hot row', theirs: 'Vendure, hot row' },
  { ours: 'microlith, 32 clients', theirs: 'Vendure, 32 clients', isCrowded: true },
];

type Limits = readonly (readonly [figure: FigureName, name: string, goal: number, floor: number])[];

/** How many times better than Vendure: what the design's figures for both come to, which were measured side by side. */
const TIMES_BETTER: Limits = [
  ['ordersPerSecond', 'orders/s', 20, 8],
  ['cpuMs', 'CPU', 59 / 3, 59 / 8],
  ['startSeconds', 'start', 1.9 / 1.5, 1.9 / 3],
];

/** For a crowd the design states no latency: how many times better than Vendure with as many clients. */
const TIMES_BETTER_IN_A_CROWD: Limits = [
  ['followedP50', 'followed up, p50', 170 / 5, 170 / 20],
  ['followedP99', 'followed up, p99', 700 / 25, 700 / 100],
];

/** Milliseconds on the design's machine, with 8 clients. */
const LATENCIES: Limits = [
  ['p50', 'p50', 20, 50],
  ['p99', 'p99', 60, 200],
  ['followedP50', 'followed up, p50', 5, 20],
  ['followedP99', 'followed up, p99', 25, 100],
];

/** What an order took Vendure on the design's machine, in the middle, milliseconds: beside what it takes here, how fast a machine is. */
const VENDURES_ORDER = 492;

/** What does not depend on the machine. */
const AT_MOST: Limits = [
  ['httpCalls', 'HTTP calls per order', 1, 3],
  ['statements', 'SQL statements per order', 25, 60],
  ['writes', 'transactions that wrote, per order', 4, 8],
  ['walKilobytes', 'WAL kB per order', 8, 16],
  ['idleMegabytes', 'MB idle', 150, 250],
  ['loadedMegabytes', 'MB after the load', 250, 400],
  ['idleStatements', 'idle SQL statements/s', 3, 10],
  ['wrongPieces', 'pieces not set aside', 0, 0],
];

const timesBetter = ({ ours, theirs }: Pair, limits: Limits): readonly Measure[] =>
  limits.map(([figure, name, goal, floor]) => {
    const [better, worse] = figure === 'ordersPerSecond' ? [ours, theirs] : [theirs, ours];
    return {
      name: `${SCENARIO}: ${name}, ${better} ÷ ${worse}`,
      scenario: SCENARIO,
      of: [better, figure],
      over: [worse, figure],
      better: 'higher',
      goal,
      floor,
    };
  });

const latencies = ({ ours, theirs }: Pair): readonly Measure[] =>
  LATENCIES.map(([figure, name, goal, floor]) => ({
    name: `${SCENARIO}: ${name}, ${ours}, in ms of the design's machine`,
    scenario: SCENARIO,
    of: [ours, figure],
    over: [theirs, 'p50'],
    overThere: VENDURES_ORDER,
    better: 'lower',
    goal,
    floor,
  }));

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
  ...timesBetter(pair, TIMES_BETTER),
  ...(pair.isCrowded ? timesBetter(pair, TIMES_BETTER_IN_A_CROWD) : latencies(pair)),
  ...atMost(pair),
]);
