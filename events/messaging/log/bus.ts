import type { RecordedEvent } from './log.ts';

/** Hears every settled event of its types, in the log's order. What it throws or rejects is reported and hurts nobody. */
export type Listener = (event: RecordedEvent) => void | Promise<void>;

/**
 * The live wire of one process: who wants which type. Lanes and live listeners register on it, and all they see comes over
 * it; the log is the truth. Types are the closed set of the published language.
 */
export interface Bus {
  /** Returns how to leave. @throws {UnknownEventType} */
  on(types: readonly string[], listener: Listener): () => void;
  /** How many listen to a type. */
  listenersTo(type: string): number;
  emit(event: RecordedEvent): void;
}

/** A type that no context publishes. */
export class UnknownEventType extends Error {
  constructor(type: string) {
    super(`${type} is not in the published language`);
    this.name = 'UnknownEventType';
  }
}
