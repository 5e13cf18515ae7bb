import type { Clock } from '#shared-kernel/clock';
import { uuidV7 } from '#shared-kernel/uuid';
import type { NewEvent } from '../facts/event.ts';
import { currentExecution } from './execution.ts';
import type { EventDraft } from '../log/log.ts';
import type { Span, Tracing } from '../watching/tracing.ts';

/** Publishes a fact with the running unit of work: it exists if, and only if, the unit commits. */
export type Publish = (event: NewEvent) => void;

/** A fact was published, or something else asked for, when no unit of work was open to carry it. */
export class PublishedOutsideUnitOfWork extends Error {
  constructor(what: string, done: 'published' | 'requested' | 'cancelled' = 'published') {
    super(`${what} was ${done} outside its unit of work; do that before the unit ends, and await everything in it`);
    this.name = 'PublishedOutsideUnitOfWork';
  }
}

/** A context published a fact that is another's to publish. */
export class ForeignFact extends Error {
  constructor(type: string, context: string) {
    super(`${type} is not a fact of ${context}; a context publishes its own facts only`);
    this.name = 'ForeignFact';
  }
}

/** The facts of one unit of work, in the order they were published. */
export class Outbox {
  readonly drafts: EventDraft[] = [];
  readonly #context: string;
  readonly #clock: Clock;
  readonly #tracing: Tracing | undefined;
  readonly #spans: Span[] = [];
  #isClosed = false;

  constructor(context: string, clock: Clock, tracing?: Tracing) {
    this.#context = context;
    this.#clock = clock;
    this.#tracing = tracing;
  }

  readonly publish: Publish = (event) => {
    this.drafts.push(this.draft(event));
  };

  /** For what is no fact and leaves with the unit's commit as well: late it would be lost, and nobody would hear of it. */
  assertOpen(what: string, done: 'requested' | 'cancelled'): void {
    if (this.#isClosed) throw new PublishedOutsideUnitOfWork(what, done);
  }

  /** A fact of this unit, not yet published: one with a due time. */
  draft(event: NewEvent): EventDraft {
    if (this.#isClosed) throw new PublishedOutsideUnitOfWork(event.type);
    if (!event.type.startsWith(`${this.#context}.`)) throw new ForeignFact(event.type, this.#context);
    const draft = draftOf(event, this.#clock.now());
    return this.#tracing ? this.#trace(draft, this.#tracing) : draft;
  }

  /** The unit of work is committed. */
  noteCommit(): void {
    for (const span of this.#spans) span.end();
  }

  #trace(draft: EventDraft, tracing: Tracing): EventDraft {
    const span = tracing.publish(draft);
    this.#spans.push(span);
    return { ...draft, traceparent: span.traceparent };
  }

  close(): void {
    this.#isClosed = true;
  }
}

/** Stamps a fact with who, why and when. */
export function draftOf(event: NewEvent, occurredAt: Date): EventDraft {
  const execution = currentExecution();
  return {
    id: uuidV7(),
    type: event.type,
    version: event.version,
    tenantId: execution.tenantId,
    key: event.key,
    data: JSON.stringify(event.payload),
    occurredAt,
    correlationId: event.correlationId ?? execution.correlationId,
    causationId: execution.causationId,
    traceparent: execution.traceparent ?? null,
    actor: execution.actor,
    source: execution.source,
  };
}
