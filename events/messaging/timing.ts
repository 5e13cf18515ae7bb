/** Time and chance as the post office uses them; a simulation puts its own in place. */
export interface Timing {
  /** Milliseconds, only ever compared with each other. */
  now(): number;
  /** Calls back after so many milliseconds; returns how to call it off. */
  after(milliseconds: number, callback: () => void): () => void;
  /** From 0 to below 1. */
  random(): number;
}

/** That of this process. */
export const realTiming: Timing = {
  now: () => performance.now(),
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};
