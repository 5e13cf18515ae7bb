import { type EventCodec, NotYetKnown } from './codec.ts';
import type { DeliveredEvent } from './event.ts';
import { type Execution, runAs } from './execution.ts';
import { HandlerTimedOut } from './failure.ts';
import type { LaneSettings } from './lane-settings.ts';
import type { Lane, LaneBatch } from './lane-storage.ts';
import type { Processing } from './processing.ts';
import type { RecordedEvent } from './log.ts';
import type { Observer } from './observer.ts';
import type { Subscriber } from './subscriber.ts';
import type { Timing } from './timing.ts';

/** A handler failed on one event, which is known: nobody else of the batch has to be suspected. */
export class HandlerFailed extends Error {
  readonly eventId: string;

  constructor(eventId: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'HandlerFailed';
    this.eventId = eventId;
  }
}

/** What of a batch can be handled now, as it was recorded and as it is delivered. */
export interface SortedOut {
  readonly ready: readonly RecordedEvent[];
  readonly decoded: readonly DeliveredEvent[];
}

/** Finds the events of a batch that can be handled now; the others are parked where they stand. */
export async function sortOut<Scope>(
  batch: LaneBatch<Scope>,
  events: readonly RecordedEvent[],
  codec: EventCodec,
): Promise<SortedOut> {
  const blocked = new Set(batch.hasParked ? await batch.findBlocked(events) : []);
  const ready: RecordedEvent[] = [];
  const decoded: DeliveredEvent[] = [];
  for (const event of events) {
    if (blocked.has(event)) batch.park(event, { kind: 'behind' });
    else decodeOrPark(event);
  }
  return { ready, decoded };

  function decodeOrPark(event: RecordedEvent): void {
    try {
      decoded.push(codec.decode(event));
      ready.push(event);
    } catch (error) {
      if (!(error instanceof NotYetKnown)) throw new HandlerFailed(event.id, error);
      batch.park(event, { kind: 'not-yet-known', error: error.message });
      for (const later of followers(events, event)) blocked.add(later);
    }
  }
}

/** How long a handler may take for one event, and by whose time; and the trace it belongs to. */
export interface HandlerLimit {
  readonly milliseconds: number;
  readonly timing: Timing;
  /** Told which event is handled now, and null when the last has ended, or was given up. */
  readonly mark?: (eventId: string | null) => void;
  readonly processing?: Processing | undefined;
}

/** The limit of a lane, whose observer hears what is being handled. */
export const limitOf = (
  lane: Lane,
  of: { readonly settings: LaneSettings; readonly timing: Timing; readonly observer: Observer },
): HandlerLimit => ({
  milliseconds: of.settings.handlerTimeout,
  timing: of.timing,
  ...(of.observer.handling && { mark: (eventId) => of.observer.handling!({ lane, eventId }) }),
});

/**
 * Handles events in their order, or all at once where the subscriber does so, each on its own tenant's scope.
 * @throws {HandlerFailed} {@link HandlerTimedOut}
 */
export async function handleAll<Scope>(
  subscriber: Subscriber<Scope>,
  scopes: Pick<LaneBatch<Scope>, 'scopeOf'>,
  events: readonly DeliveredEvent[],
  limit: HandlerLimit,
): Promise<void> {
  const watch = new Stopwatch(limit, subscriber.name);
  try {
    const handling = handleInTurn(subscriber, scopes, events, watch, limit.processing);
    await Promise.race([handling, watch.expired]);
  } finally {
    watch.stop();
  }
}

async function handleInTurn<Scope>(
  subscriber: Subscriber<Scope>,
  scopes: Pick<LaneBatch<Scope>, 'scopeOf'>,
  events: readonly DeliveredEvent[],
  watch: Stopwatch,
  processing: Processing | undefined,
): Promise<void> {
  const byTenant = groupByTenant(events);
  for (const own of byTenant) {
    watch.startAnew();
    await subscriber.prepare(scopes.scopeOf(own[0]!.tenantId), own);
  }
  if (subscriber.handleBatch) await handleTogether(subscriber, scopes, byTenant, watch, processing);
  else for (const event of events) await handleOne(subscriber, scopes, event, watch, processing);
}

async function handleTogether<Scope>(
  { name, handleBatch }: Subscriber<Scope>,
  scopes: Pick<LaneBatch<Scope>, 'scopeOf'>,
  byTenant: readonly (readonly DeliveredEvent[])[],
  watch: Stopwatch,
  processing: Processing | undefined,
): Promise<void> {
  for (const own of byTenant) {
    watch.startAnew();
    const handling = () => handleBatch!(scopes.scopeOf(own[0]!.tenantId), own);
    await runAs(executionOf(name, own[0]!, processing), handling);
  }
}

async function handleOne<Scope>(
  { name, handle }: Subscriber<Scope>,
  scopes: Pick<LaneBatch<Scope>, 'scopeOf'>,
  event: DeliveredEvent,
  watch: Stopwatch,
  processing: Processing | undefined,
): Promise<void> {
  watch.startAnew(event.id);
  try {
    await runAs(executionOf(name, event, processing), () => handle(scopes.scopeOf(event.tenantId), event));
  } catch (error) {
    throw new HandlerFailed(event.id, error);
  }
}

/** What a handler does is done on behalf of whoever caused the event. */
function executionOf(source: string, event: DeliveredEvent, processing: Processing | undefined): Execution {
  const { tenantId, actor, correlationId, id } = event;
  const traceparent = processing?.traceparentOf(event) ?? event.traceparent;
  return { tenantId, actor, source, correlationId, causationId: id, ...(traceparent !== null && { traceparent }) };
}

/** In one order of tenants for all lanes, so that what they lock they lock in one order. */
const groupByTenant = (events: readonly DeliveredEvent[]): DeliveredEvent[][] =>
  [...Map.groupBy(events, ({ tenantId }) => tenantId)].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, own]) => own);

/** The events of a batch that must wait once this one does. */
const followers = (events: readonly RecordedEvent[], { key, tenantId, position }: RecordedEvent) =>
  key === null
    ? []
    : events.filter((later) => later.position > position && later.key === key && later.tenantId === tenantId);

/** How often a handler's time is looked at. */
const LOOKS = 4;

/** Gives each handler its time; one timer serves a whole batch. What runs over is not stopped, only given up. */
class Stopwatch {
  /** Rejects once a handler runs over. */
  readonly expired: Promise<never>;
  readonly #limit: HandlerLimit;
  readonly #subscriber: string;
  readonly #reject: (error: Error) => void;
  #deadline = 0;
  #eventId: string | undefined;
  #late: Error | undefined;
  #callOff: () => void;

  constructor(limit: HandlerLimit, subscriber: string) {
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => undefined);
    this.expired = promise;
    this.#reject = reject;
    this.#limit = limit;
    this.#subscriber = subscriber;
    this.startAnew();
    this.#callOff = this.#lookLater();
  }

  /** The next handler begins, on this event. @throws what it was given up with, where the one before came back too late */
  startAnew(eventId?: string): void {
    if (this.#late) throw this.#late;
    this.#eventId = eventId;
    if (eventId !== undefined) this.#limit.mark?.(eventId);
    this.#deadline = this.#limit.timing.now() + this.#limit.milliseconds;
  }

  stop(): void {
    this.#callOff();
    if (this.#eventId !== undefined) this.#limit.mark?.(null);
  }

  /** A look that comes far too late shows that this process was stopped: that time is not the handler's. */
  #lookLater(): () => void {
    const { milliseconds, timing } = this.#limit;
    const pause = Math.min(milliseconds / LOOKS, this.#deadline - timing.now());
    const due = timing.now() + pause;
    return timing.after(pause, () => {
      const late = timing.now() - due;
      if (late > milliseconds / LOOKS) this.#deadline += late;
      this.#look();
    });
  }

  /** The timer began with the batch, the deadline with the event: there may be some time left. */
  #look(): void {
    if (this.#deadline > this.#limit.timing.now()) this.#callOff = this.#lookLater();
    else this.#giveUp();
  }

  #giveUp(): void {
    const timedOut = new HandlerTimedOut(this.#subscriber, this.#limit.milliseconds);
    this.#late = this.#eventId === undefined ? timedOut : new HandlerFailed(this.#eventId, timedOut);
    this.#reject(this.#late);
  }
}
