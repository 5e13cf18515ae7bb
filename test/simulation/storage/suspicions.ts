import type { Lane } from '#events/messaging/lanes/lane-storage';
import type { RecordedEvent } from '#events/messaging/log/log';

/**
 * Which events one process has begun to try in a way that is recorded beforehand. Should it stop now, each of them may
 * rightly be charged with an attempt, because nobody can know that it was not the event.
 */
export class Suspicions {
  readonly #raised = new Set<string>();
  readonly #charge: (suspect: string) => void;
  readonly #isRaisedElsewhere: (suspect: string) => boolean;

  constructor(charge: (suspect: string) => void, isRaisedElsewhere: (suspect: string) => boolean) {
    this.#charge = charge;
    this.#isRaisedElsewhere = isRaisedElsewhere;
  }

  /** Returns whether somebody else has begun before, and does not know yet that it looks dead to who begins now. */
  raise(lane: Lane, event: RecordedEvent): boolean {
    const suspect = suspectOf(lane.subscriber, event.id);
    if (this.#raised.has(suspect)) return false;
    const isRaisedElsewhere = this.#isRaisedElsewhere(suspect);
    this.#raised.add(suspect);
    return isRaisedElsewhere;
  }

  charge(lane: Lane, event: RecordedEvent): void {
    this.#charge(suspectOf(lane.subscriber, event.id));
  }

  drop(lane: Lane, event: RecordedEvent): void {
    this.#raised.delete(suspectOf(lane.subscriber, event.id));
  }

  /** What was recorded could not be taken back. */
  confirm(lane: Lane, event: RecordedEvent): void {
    this.drop(lane, event);
    this.charge(lane, event);
  }

  /** The process has stopped. */
  confirmAll(): void {
    for (const suspect of this.#raised) this.#charge(suspect);
    this.#raised.clear();
  }

  /** The event is being tried: an attempt is spent that has not failed yet. */
  has(suspect: string): boolean {
    return this.#raised.has(suspect);
  }
}

export const suspectOf = (subscriber: string, eventId: string): string => `${subscriber} ${eventId}`;
