import type { KnownVersions } from '../facts/codec.ts';
import type { Lane } from '../lanes/lane-storage.ts';
import type { RecordedEvent } from '../log/log.ts';

/** An event set aside, whole, at the head of its key. */
export interface ParkedEvent {
  readonly event: RecordedEvent;
  /** Attempts spent, this one included. */
  readonly attempt: number;
  /** What waits right behind it, and may be tried with it: none of them, nor the head itself, was ever tried. */
  readonly followers: readonly RecordedEvent[];
}

/** Which parked events somebody wants to try. */
export interface Wish {
  /** Nothing else is due to code that would not know what to do with it. */
  readonly known: KnownVersions;
  /** How many events of one key may be tried together. */
  readonly most: number;
  /** How long a head rests should the process not live to see the attempt end. */
  readonly pauseMs: (attempt: number) => number;
}

/** Why an attempt failed, and how long the event rests; a dead one until an operator acts. */
export interface FailedAttempt {
  readonly error: string;
  readonly restMs: number;
  readonly isDead: boolean;
}

/**
 * Events that a lane has set aside. Of a key the head is tried, alone or with those behind it; the rest waits. What is parked
 * further on than the lane stands is not due to anybody: in a replay the lane comes to it first.
 */
export interface ParkedStorage<Scope> {
  /** Takes the next head that is due and spends an attempt on it, durably, before it is tried. */
  takeDue(lane: Lane, wish: Wish): Promise<ParkedEvent | undefined>;
  /** Milliseconds until a head is due, by the database's clock; nothing when no head ever is. */
  nextDueIn(lane: Lane, known: KnownVersions): Promise<number | undefined>;
  /** Runs work and removes head and followers, in one transaction; false when somebody else got there first. */
  inRetry(lane: Lane, parked: ParkedEvent, work: (scope: Scope) => Promise<void>): Promise<boolean>;
  /** Leaves alone what has been tried again since, or was given fresh attempts by an operator. */
  recordFailure(lane: Lane, parked: ParkedEvent, failure: FailedAttempt): Promise<void>;
  /** Gives the attempt back, once, because it was not the event's fault, and lets it rest. */
  refund(lane: Lane, parked: ParkedEvent, restMs: number): Promise<void>;
}

export const eventsOf = ({ event, followers }: ParkedEvent): readonly RecordedEvent[] => [event, ...followers];
