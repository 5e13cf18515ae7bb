/** The time as this process sees it; never used to order events. */
export interface Clock {
  now(): Date;
}

/** That of the machine. */
export const systemClock: Clock = { now: () => new Date() };
