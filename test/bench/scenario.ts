import type { Ground } from './ground.ts';
import type { PeerPackage } from './peers/load.ts';

/** What was measured once, by the name of the figure; each name carries its unit. */
export type Figures = Readonly<Partial<Record<FigureName, number>>>;

export type FigureName = keyof typeof FIGURES;

/** Every figure there is: how its column is headed, and with how many decimals it is shown. */
export const FIGURES = {
  eventsPerSecond: { title: 'events/s', decimals: 0 },
  ordersPerSecond: { title: 'orders/s', decimals: 1 },
  withoutFactsPerSecond: { title: 'without events', decimals: 0 },
  speedKept: { title: 'speed kept', decimals: 2 },
  factMicros: { title: 'an event costs µs', decimals: 0 },
  postgresMicros: { title: 'PostgreSQL µs', decimals: 1 },
  nodeMicros: { title: 'Node µs', decimals: 1 },
  walBytes: { title: 'WAL bytes', decimals: 0 },
  memoryMegabytes: { title: 'most MB', decimals: 0 },
  leftOver: { title: 'left over', decimals: 0 },
  p50: { title: 'p50 ms', decimals: 2 },
  p99: { title: 'p99 ms', decimals: 2 },
  followedP50: { title: 'followed up, p50 ms', decimals: 1 },
  followedP99: { title: 'followed up, p99 ms', decimals: 1 },
  mailedP50: { title: 'mailed, p50 ms', decimals: 0 },
  mailedP99: { title: 'mailed, p99 ms', decimals: 0 },
  httpCalls: { title: 'HTTP calls', decimals: 1 },
  statements: { title: 'SQL statements', decimals: 1 },
  checks: { title: 'checks that PostgreSQL adds', decimals: 1 },
  writes: { title: 'transactions that wrote', decimals: 1 },
  walKilobytes: { title: 'WAL kB', decimals: 1 },
  cpuMs: { title: 'CPU ms', decimals: 1 },
  serverMs: { title: 'of it server', decimals: 1 },
  postgresMs: { title: 'of it PostgreSQL', decimals: 1 },
  loadMs: { title: "the load's own CPU ms", decimals: 1 },
  startSeconds: { title: 'start s', decimals: 2 },
  idleMegabytes: { title: 'MB idle', decimals: 0 },
  loadedMegabytes: { title: 'MB after the load', decimals: 0 },
  idleStatements: { title: 'idle SQL statements/s', decimals: 1 },
  wrongPieces: { title: 'pieces not set aside, of 1,000', decimals: 1 },
} as const;

/** One line of a scenario's table: who is measured, in what circumstances. */
export interface Subject {
  readonly name: string;
  /** It takes other people's packages, which are not installed with the project. */
  readonly peer?: PeerPackage;
  /** Measures once, on fresh ground. @throws {Disqualified} */
  measure(work: Work): Promise<Figures>;
}

/** What every measurement is given. */
export interface Work {
  readonly ground: Ground;
  /** Events or orders, as asked for on the command line or by default. */
  readonly events: number;
  /** A folder for CPU profiles of whoever is measured. */
  readonly profiles?: string | undefined;
}

export interface Scenario {
  readonly name: string;
  readonly about: string;
  readonly subjects: readonly Subject[];
  readonly events: number;
  /** It takes so long that it is run only when it is named. */
  readonly isLong?: true;
}

/** A contender whose rows are wrong has no figures. */
export class Disqualified extends Error {
  constructor(faults: readonly string[]) {
    super(faults.join('; '));
    this.name = 'Disqualified';
  }
}
