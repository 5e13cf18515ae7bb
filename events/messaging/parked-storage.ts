import type { Lane } from './lane-storage.ts';
import type { RecordedEvent } from './log.ts';

/** An event set aside, whole, at the head of its key. */
export interface ParkedEvent {
  readonly event: RecordedEvent;
  /** Attempts spent, this one included. */
  readonly attempt: number;
}

/** Events that a lane has set aside. Only the head of a key is ever tried; the rest of the key waits behind it. */
export interface ParkedStorage<Scope> {
  /**
   * Takes the next head that is due and spends an attempt on it, durably, before it is tried. `pauseMs` says how long it
   * rests should the attempt fail, or the process die.
   */
  takeDue(lane: Lane, pauseMs: (attempt: number) => number): Promise<ParkedEvent | undefined>;
  /** Milliseconds until a head is due, by the database's clock; nothing when no head ever is. */
  nextDueIn(lane: Lane): Promise<number | undefined>;
  /** Runs work and removes the event, in one transaction; false when another worker got there first. */
  inRetry(lane: Lane, parked: ParkedEvent, work: (scope: Scope) => Promise<void>): Promise<boolean>;
  /** Notes why the attempt failed; a `dead` event rests until an operator acts. */
  recordFailure(lane: Lane, parked: ParkedEvent, error: string, isDead: boolean): Promise<void>;
  /** Gives the attempt back, because it was not the event's fault, and lets it rest. */
  refund(lane: Lane, parked: ParkedEvent, restMs: number): Promise<void>;
}
