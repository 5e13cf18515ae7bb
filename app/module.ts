import type { Executor } from '#events/messaging';
import type { ContextStore } from '#events/messaging/units/context-store';
import type { PunctualContext } from '#events/messaging/relay/due-work';
import { RequestPerformer } from '#events/messaging/requests/request-performer';
import type { Reception } from '#events/messaging/lanes/lane-storage';
import type { RecordedEvent } from '#events/messaging/log/log';
import type { Observer } from '#events/messaging/watching/observer';
import { createStation, type Station } from '#events/messaging/relay/station';
import type { Subscriber } from '#events/messaging/lanes/subscriber';
import type { Tracing } from '#events/messaging/watching/tracing';

/** One context as the application runs it: its lanes, its requests, its due facts. */
export interface Module extends PunctualContext {
  readonly station: Station;
  readonly performer: Pick<RequestPerformer<unknown>, 'performDue' | 'settle' | 'close'>;
  /** Kinds of requests that it performs. */
  readonly kinds: readonly string[];
  readonly hearers: readonly Pick<Subscriber<never>, 'name' | 'aliases' | 'types' | 'startAt'>[];
  receptions(events: readonly RecordedEvent[]): Promise<readonly Reception[]>;
  /** Keeps an answer under the running execution's idempotency key, or gives the one that was kept. */
  keepAnswer<Answer>(answer: Answer): Promise<Answer>;
}

/** What a context's `create…` gives the application to run. */
export interface Runnable<Scope> {
  readonly subscribers: readonly Subscriber<Scope>[];
  readonly executors: readonly Executor<Scope>[];
}

/** Who hears what a context does. */
export interface ModuleListeners {
  readonly reportError: (error: unknown) => void;
  readonly observer?: Observer;
  readonly tracing?: Tracing | undefined;
}

export function createModule<Scope>(
  store: ContextStore<Scope>,
  { subscribers, executors }: Runnable<Scope>,
  { reportError, observer = {}, tracing }: ModuleListeners,
): Module {
  const performer = new RequestPerformer({ requests: store.requests, executors, reportError, observer, tracing });
  store.offerRequestsTo(performer);
  return {
    context: store.context,
    station: createStation(store, subscribers),
    schedule: store.schedule,
    performer,
    kinds: executors.map(({ kind }) => kind),
    hearers: subscribers,
    receptions: (events) => store.lanes.receptions(events),
    keepAnswer: (answer) => store.unitOfWork(async () => answer),
  };
}
