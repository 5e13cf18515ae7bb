import type { DeliveredEvent } from '../facts/event.ts';
import type { EventDraft } from '../log/log.ts';

/** A piece of work in a trace. One that is never ended was never done: nobody hears of it. */
export interface Span {
  /** Its name to others, as W3C Trace Context: whatever it leads to goes on from there. */
  readonly traceparent: string;
  /** It is done, or failed with an error. */
  end(error?: unknown): void;
}

/**
 * Follows a story through its contexts as a trace. Only `traceparent` travels: with a command's execution, in the log, and with a
 * request to the outside. Left out where nobody keeps traces.
 */
export interface Tracing {
  /** A fact is published, for as long as its unit of work takes to commit. It continues what publishes it. */
  publish(fact: EventDraft): Span;
  /** A subscriber processes an event, for as long as its batch takes to commit. It continues the publishing. */
  process(subscriber: string, event: DeliveredEvent): Span;
  /** A subscriber processes many events as one. It is linked to the publishing of each. */
  processTogether(subscriber: string, events: readonly DeliveredEvent[]): Span;
  /** An executor calls the outside, because of what `traceparent` names. */
  call(kind: string, traceparent: string | undefined): Span;
}
