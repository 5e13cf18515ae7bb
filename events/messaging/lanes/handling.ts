import type { TenantId } from '#shared-kernel/tenant';
import type { DeliveredEvent } from '../facts/event.ts';
import { type Execution, runAs } from '../units/execution.ts';
import { HandlerFailed } from './failure.ts';
import type { LaneSettings } from './lane-settings.ts';
import type { Lane, LaneBatch } from './lane-storage.ts';
import type { Processing } from '../watching/processing.ts';
import type { Observer } from '../watching/observer.ts';
import { Stopwatch, type TimeLimit } from './stopwatch.ts';
import type { Subscriber } from './subscriber.ts';
import type { Timing } from '../timing.ts';

/** How long a handler may take for one event, and the trace it belongs to. */
export interface HandlerLimit extends TimeLimit {
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
    await runAs(new Reaction(name, own[0]!, processing), handling);
  }
}

async function handleOne<Scope>(
  { name, handle }: Subscriber<Scope>,
  scopes: Pick<LaneBatch<Scope>, 'scopeOf'>,
  event: DeliveredEvent,
  watch: Stopwatch,
  processing: Processing | undefined,
): Promise<void> {
  watch.startAnew(event);
  try {
    await runAs(new Reaction(name, event, processing), () => handle(scopes.scopeOf(event.tenantId), event));
  } catch (error) {
    throw new HandlerFailed(event.id, error);
  }
}

/** What a handler does is done on behalf of whoever caused the event; most never ask who that was. */
class Reaction implements Execution {
  readonly source: string;
  readonly #event: DeliveredEvent;
  readonly #processing: Processing | undefined;

  constructor(source: string, event: DeliveredEvent, processing: Processing | undefined) {
    this.source = source;
    this.#event = event;
    this.#processing = processing;
  }

  get tenantId(): TenantId {
    return this.#event.tenantId;
  }

  get actor(): string {
    return this.#event.actor;
  }

  get correlationId(): string {
    return this.#event.correlationId;
  }

  get causationId(): string {
    return this.#event.id;
  }

  get traceparent(): string | undefined {
    return this.#processing?.traceparentOf(this.#event) ?? this.#event.traceparent ?? undefined;
  }
}

/** In one order of tenants for all lanes, so that what they lock they lock in one order. */
const groupByTenant = (events: readonly DeliveredEvent[]): DeliveredEvent[][] =>
  [...Map.groupBy(events, ({ tenantId }) => tenantId)].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, own]) => own);
