import type { Lane } from '../lanes/lane-storage.ts';
import type { LogPosition, RecordedEvent } from '../log/log.ts';

/** What operators want to know of the relay: metrics, logs and traces hang on it. It never decides anything, not even where it throws. */
export interface Observer {
  /** A unit of work has committed with so many facts of its context. */
  published?(report: { readonly context: string; readonly events: number }): void;
  /** A batch's effects and position are committed. */
  handled?(report: HandledReport): void;
  /** A handler is given an event; null: it has ended with it. */
  handling?(report: { readonly lane: Lane; readonly eventId: string | null }): void;
  /** A batch failed and was undone; it will be tried again, smaller or later. */
  failed?(report: {
    readonly lane: Lane;
    readonly error: unknown;
    readonly fault: string;
    readonly events: number;
    /** How often in a row the lane has failed, this time included. */
    readonly inARow: number;
  }): void;
  parked?(report: { readonly lane: Lane; readonly event: RecordedEvent; readonly error: string }): void;
  /** A parked event was tried again. */
  retried?(report: {
    readonly lane: Lane;
    readonly event: RecordedEvent;
    readonly outcome: 'done' | 'failed' | 'dead';
  }): void;
  /** A call to the outside has ended. */
  called?(report: {
    readonly kind: string;
    readonly id: string;
    readonly outcome: 'answered' | 'failed';
    readonly milliseconds: number;
  }): void;
  /** What became of a request is recorded, or that failed: it is tried again, unless it is dead. */
  recorded?(report: {
    readonly kind: string;
    readonly id: string;
    readonly outcome: 'answered' | 'given-up' | 'failed' | 'dead';
  }): void;
  /** A lane stopped by itself and waits for an operator. */
  paused?(report: { readonly lane: Lane; readonly reason: string }): void;
  /** The log is not the one that was read: lanes that have lost their place pause, and on a standby nothing is delivered. */
  logMoved?(report: { readonly error: unknown }): void;
  /** Something went wrong that hurts nobody, such as a live listener that threw. */
  disturbed?(report: { readonly error: unknown }): void;
}

/** A batch whose effects and position are committed. */
export interface HandledReport {
  readonly lane: Lane;
  readonly events: readonly RecordedEvent[];
  readonly to: LogPosition;
  /** From opening the batch to its commit. */
  readonly milliseconds: number;
  /** Of that, in the handlers. */
  readonly handlerMilliseconds: number;
  /** When the effects were recorded, by the clock of whoever stores them. */
  readonly recordedAt?: Date | undefined;
}
