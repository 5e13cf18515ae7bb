import { ORDER_FLOW_MEASURES } from './order-flow/measures.ts';
import type { Result } from './run.ts';
import type { FigureName } from './scenario.ts';

/** A figure of one line, over that of another line of the same scenario where there is one. */
export interface Measure {
  readonly name: string;
  readonly scenario: string;
  readonly of: Figure;
  readonly over?: Figure;
  /** What `over` came to where the design's figures were measured: with it the quotient reads as a figure of that machine. */
  readonly overThere?: number;
  readonly better: 'higher' | 'lower';
  /** What we aim at. */
  readonly goal: number;
  /** What is required. */
  readonly floor: number;
}

type Figure = readonly [subject: string, figure: FigureName];

const OURS = 'microlith';
const SET_BASED = 'microlith, handleBatch';

/** Share of its speed that a naive outbox on MikroORM kept with events where the design's figures were measured. */
const NAIVE_KEPT = 0.76;

/** What the design asks for, as ratios within one run wherever they can be. */
export const MEASURES: readonly Measure[] = [
  ratio('drain', 'eventsPerSecond', OURS, 'naive outbox on MikroORM', { goal: 3, floor: 1.8 }),
  ratio('drain', 'eventsPerSecond', OURS, 'graphile-worker, localQueue', { goal: 8, floor: 4.5 }),
  ratio('drain', 'eventsPerSecond', OURS, 'pg-boss, batches of 100', { goal: 6, floor: 3.5 }),
  ratio('drain', 'eventsPerSecond', OURS, 'Emmett', { goal: 25, floor: 15 }),
  least('drain', 'walBytes', 'WAL bytes per event', { goal: 495, floor: 540 }),
  fraction('drain', 'postgresMicros', 'PostgreSQL CPU', 'graphile-worker, localQueue', {
    goal: 230 / 10,
    floor: 230 / 15,
  }),
  ratio('set-based', 'eventsPerSecond', SET_BASED, 'naive outbox, set-based', { goal: 3, floor: 2 }),
  ratio('set-based', 'eventsPerSecond', SET_BASED, 'limit of one client', { goal: 0.75, floor: 0.5 }),
  ratio('sustained', 'eventsPerSecond', OURS, 'graphile-worker, localQueue', { goal: 5, floor: 3 }),
  ratio('sustained', 'eventsPerSecond', OURS, 'pg-boss, batches of 100', { goal: 9, floor: 5 }),
  least('sustained', 'leftOver', 'left over', { goal: 30, floor: 100 }),
  fraction('latency', 'p50', 'p50', 'graphile-worker', { goal: 1.08 / 0.9, floor: 1.08 / 2 }),
  fraction('latency', 'p99', 'p99', 'graphile-worker', { goal: 1, floor: 3.7 / 7 }),
  fraction('write', 'factMicros', 'what an event costs', 'naive outbox on MikroORM', {
    goal: costOf(NAIVE_KEPT) / costOf(0.88),
    floor: costOf(NAIVE_KEPT) / costOf(0.75),
  }),
  ratio('backlog', 'eventsPerSecond', 'microlith, 1 M old events', OURS, { goal: 0.95, floor: 0.9 }),
  ratio('snapshot', 'eventsPerSecond', 'microlith, snapshot held', OURS, { goal: 0.9, floor: 0.85 }),
  {
    ...ratio('foreign-writer', 'p50', 'microlith, foreign writer', OURS, { goal: 1.1, floor: 1.5 }),
    better: 'lower',
  },
  ...ORDER_FLOW_MEASURES,
];

/** A measure as it came out; without a value: not measured in this run. */
export interface Verdict extends Measure {
  readonly value: number | undefined;
  readonly isMissed: boolean;
  readonly isShortOfGoal: boolean;
}

export const judge = (results: readonly Result[]): readonly Verdict[] =>
  MEASURES.map((measure) => {
    const value = valueOf(measure, results);
    const falls = (limit: number) => value !== undefined && isWorse(measure, value, limit);
    return { ...measure, value, isMissed: falls(measure.floor), isShortOfGoal: falls(measure.goal) };
  });

function valueOf({ scenario, of, over, overThere = 1 }: Measure, results: readonly Result[]): number | undefined {
  const find = ([subject, figure]: Figure) =>
    results.find((result) => result.scenario === scenario && result.subject === subject)?.figures[figure];
  const figure = find(of);
  const base = over ? find(over) : 1;
  return figure !== undefined && base !== undefined ? (figure / base) * overThere : undefined;
}

const isWorse = ({ better }: Measure, value: number, limit: number) =>
  better === 'higher' ? value < limit : value > limit;

function ratio(
  scenario: string,
  figure: FigureName,
  subject: string,
  other: string,
  limits: Pick<Measure, 'goal' | 'floor'>,
): Measure {
  const name = `${scenario}: ${subject} ÷ ${other}`;
  return { name, scenario, of: [subject, figure], over: [other, figure], better: 'higher', ...limits };
}

/** What the other takes, over what we take: what the design's figures for both come to, which were measured side by side. */
function fraction(
  scenario: string,
  figure: FigureName,
  name: string,
  other: string,
  limits: Pick<Measure, 'goal' | 'floor'>,
): Measure {
  return { ...ratio(scenario, figure, other, OURS, limits), name: `${scenario}: ${name}, ${other} ÷ ${OURS}` };
}

function least(scenario: string, figure: FigureName, name: string, limits: Pick<Measure, 'goal' | 'floor'>): Measure {
  return { name: `${scenario}: ${name}`, scenario, of: [OURS, figure], better: 'lower', ...limits };
}

/** What an event costs whoever keeps such a share of its speed with it, in orders. */
function costOf(share: number): number {
  return 1 / share - 1;
}
