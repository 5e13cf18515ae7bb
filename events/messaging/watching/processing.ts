import type { DeliveredEvent } from '../facts/event.ts';
import type { Subscriber } from '../lanes/subscriber.ts';
import type { Span, Tracing } from './tracing.ts';

/** The traces of one batch: a span for each of its events, or one for all where they are handled together. */
export class Processing {
  readonly #spans = new Map<string, Span>();

  constructor(
    { name, handleBatch }: Pick<Subscriber<never>, 'name' | 'handleBatch'>,
    events: readonly DeliveredEvent[],
    tracing: Tracing,
  ) {
    const together = handleBatch && events.length > 0 ? tracing.processTogether(name, events) : undefined;
    for (const event of events) this.#spans.set(event.id, together ?? tracing.process(name, event));
  }

  traceparentOf({ id }: DeliveredEvent): string | undefined {
    return this.#spans.get(id)?.traceparent;
  }

  end(error?: unknown): void {
    for (const span of new Set(this.#spans.values())) span.end(error);
  }
}
