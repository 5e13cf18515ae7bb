import type { ContenderName } from './contenders/contenders.ts';
import type { Job } from './child.ts';
import type { Place } from './jobs.ts';

/** What was measured once, by the name of the figure; each name carries its unit. */
export type Figures = Readonly<Partial<Record<FigureName, number>>>;

export type FigureName = keyof typeof FIGURES;

/** Every figure there is: how its column is headed, and with how many decimals it is shown. */
export const FIGURES = {
  eventsPerSecond: { title: 'events/s', decimals: 0 },
  ordersPerSecond: { title: 'orders/s', decimals: 0 },
  withoutFactsPerSecond: { title: 'without events', decimals: 0 },
  postgresMicros: { title: 'PostgreSQL µs', decimals: 1 },
  nodeMicros: { title: 'Node µs', decimals: 1 },
  walBytes: { title: 'WAL bytes', decimals: 0 },
  memoryMegabytes: { title: 'most MB', decimals: 0 },
  leftOver: { title: 'left over', decimals: 0 },
  p50: { title: 'p50 ms', decimals: 2 },
  p99: { title: 'p99 ms', decimals: 2 },
} as const;

/** One line of a scenario's table: a contender, in some circumstances. */
export interface Subject {
  readonly name: string;
  readonly contender: ContenderName;
  /** Another library, which is not installed with the project. */
  readonly isPeer?: true;
  /** Facts of old that all have handled already. */
  readonly oldFacts?: number;
  /** What somebody else does meanwhile in the same database; resolves to how to end it. */
  readonly meanwhile?: (place: Place) => Promise<() => Promise<unknown>>;
  /** Megabytes of heap that the process which delivers may have; beyond that it dies. */
  readonly heap?: number;
  /** Share of the scenario's events: a slow one would hold up the others. */
  readonly share?: number;
}

/** One run of one subject, in a database of its own. */
export interface Run {
  readonly place: Place;
  /** Events, as asked for on the command line or by default. */
  readonly events: number;
  /** A process of the contender's own does the job. */
  readonly perform: <Result>(job: Job) => Promise<Result>;
  /** The same, until the work is done. */
  readonly during: <Result>(job: Job, work: () => Promise<void>) => Promise<Result>;
}

export interface Scenario {
  readonly name: string;
  readonly about: string;
  readonly subjects: readonly Subject[];
  readonly events: number;
  /** It takes so long that it is run only when it is named. */
  readonly isLong?: true;
  /** @throws {Disqualified} */
  measure(run: Run): Promise<Figures>;
}

/** A contender whose rows are wrong has no figures. */
export class Disqualified extends Error {
  constructor(faults: readonly string[]) {
    super(faults.join('; '));
    this.name = 'Disqualified';
  }
}
