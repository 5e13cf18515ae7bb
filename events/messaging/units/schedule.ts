import type { NewEvent } from '../facts/event.ts';

/** Facts with a due time, recorded with the running unit of work: time limits and delayed messages. They happen when they are due. */
export interface Schedule {
  /**
   * Publishes the fact so many milliseconds from now, unless it is cancelled. The same name again replaces it. Whoever stores it
   * measures the time, so that no process's clock decides.
   */
  after(milliseconds: number, name: string, event: NewEvent): void;
  /** Publishes the fact at a moment that somebody named. */
  at(due: Date, name: string, event: NewEvent): void;
  cancel(name: string): void;
}

/** Facts of one context that wait for their time. */
export interface ScheduleStorage {
  /** Appends what is due to the log, oldest first, and forgets it, in one transaction. Returns how many. */
  publishDue(limit: number): Promise<number>;
}
