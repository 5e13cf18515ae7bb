import type { Timing } from '../timing.ts';

/** Growing pauses between attempts. */
export interface BackOff {
  /** Milliseconds before the second attempt. */
  readonly first: number;
  /** The longest pause, milliseconds. */
  readonly longest: number;
}

/** Exponential, with half of it left to chance ("equal jitter"), so that what failed together does not return together. */
export function pauseAfter(attempt: number, { first, longest }: BackOff, { random }: Pick<Timing, 'random'>): number {
  const full = Math.min(longest, first * 2 ** (attempt - 1));
  return Math.round(full / 2 + (full / 2) * random());
}
