import { LONGEST_WORK } from '../units/silence.ts';
import type { BackOff } from './back-off.ts';

/** How lanes behave; the defaults suit a server that shares its machine with PostgreSQL. */
export interface LaneSettings {
  /** Events in one transaction; twice as many where the handler takes them in one call. Each batch costs much the same. */
  readonly largestBatch: number;
  /** Longest a handler may take for one event, milliseconds: less than a transaction may idle, or its connection is blamed. */
  readonly handlerTimeout: number;
  /** Attempts on a parked event before it rests as dead. */
  readonly attempts: number;
  readonly retry: BackOff;
  readonly outage: BackOff;
  /** How long another process's lane may stand still with work to do before this one steps in, milliseconds. */
  readonly stepInAfter: number;
  /** A lane without events of its own records its position every so many positions, or milliseconds at the latest. */
  readonly keepUpEvery: { readonly positions: number; readonly milliseconds: number };
  /** Beyond so many parked keys a lane pauses: that is a bug, not a poison. */
  readonly mostParkedKeys: number;
}

export const DEFAULT_LANE_SETTINGS: LaneSettings = {
  largestBatch: 1_000,
  handlerTimeout: LONGEST_WORK,
  attempts: 12,
  retry: { first: 1_000, longest: 300_000 },
  outage: { first: 100, longest: 1_000 },
  stepInAfter: 1_500,
  keepUpEvery: { positions: 10_000, milliseconds: 60_000 },
  mostParkedKeys: 1_000,
};
