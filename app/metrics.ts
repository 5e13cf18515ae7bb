import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import type { Observer } from '#events/messaging/watching/observer';
import type { RecordedEvent } from '#events/messaging/log/log';
import type { AnsweredRequest } from './http/server.ts';
import { LaneHistogram } from './lane-histogram.ts';
import { type Observed, watchPostOffice } from './post-office-metrics.ts';

/** Prometheus metrics of one process. */
export interface Metrics {
  readonly registry: Registry;
  readonly observer: Observer;
  /** Measures what can only be seen when somebody asks. */
  watch(observed: Observed): void;
  readonly observeRequest: (request: AnsweredRequest) => void;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** A call may take as long as its executor lets it. */
const CALL_SECONDS = [...SECONDS, 30, 60];
/** What was set aside has its effect minutes later. */
const EFFECT_SECONDS = [...CALL_SECONDS, 300];
const EVENTS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_000];

const secondsUntil = (effect: Date, events: readonly RecordedEvent[]): number[] =>
  events.map(({ recordedAt }) => Math.max(0, effect.getTime() - recordedAt.getTime()) / 1000);

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const histogram = <Label extends string>(name: string, help: string, buckets: number[], ...labelNames: Label[]) =>
    new Histogram({ name, help, buckets, labelNames, registers: [registry] });

  const published = counter(
    'microlith_events_published_total',
    'Facts that units of work of this process committed.',
    'context',
  );
  const handled = counter('microlith_events_handled_total', 'Events whose effects are committed.', 'lane');
  const failed = counter('microlith_batches_failed_total', 'Batches undone, by whose fault it was.', 'lane', 'fault');
  const parked = counter('microlith_events_parked_total', 'Events set aside after they failed.', 'lane');
  const retried = counter('microlith_events_retried_total', 'Parked events tried again.', 'lane', 'outcome');
  const batch = histogram('microlith_batch_events', 'Events handled in one batch.', EVENTS, 'lane');
  const duration = histogram('microlith_batch_seconds', 'From opening a batch to its commit.', SECONDS, 'lane');
  const handler = histogram('microlith_handler_seconds', 'Of a batch, in its handlers.', SECONDS, 'lane');
  const effect = new LaneHistogram({
    name: 'microlith_effect_seconds',
    help: 'From an event being recorded to its effects being committed, by the clock of the database.',
    buckets: EFFECT_SECONDS,
    registry,
  });
  /** How far the clock of the database is ahead, milliseconds: a retry does not say when its effects were recorded. */
  let ahead = 0;
  const call = histogram(
    'microlith_call_seconds',
    'From a call to the outside to its end.',
    CALL_SECONDS,
    'kind',
    'outcome',
  );
  const recorded = counter(
    'microlith_requests_recorded_total',
    'What became of requests to the outside, as it was recorded, or could not be.',
    'kind',
    'outcome',
  );
  const request = histogram(
    'microlith_http_request_seconds',
    'From a request to its answer.',
    SECONDS,
    'operation',
    'status',
  );
  return {
    registry,
    observeRequest: ({ operation, status, seconds }) => request.observe({ operation, status }, seconds),
    observer: {
      published: ({ context, events }) => published.inc({ context }, events),
      handled({ lane: { subscriber: lane }, events, milliseconds, handlerMilliseconds, recordedAt }) {
        handled.inc({ lane }, events.length);
        batch.observe({ lane }, events.length);
        duration.observe({ lane }, milliseconds / 1000);
        handler.observe({ lane }, handlerMilliseconds / 1000);
        if (!recordedAt) return;
        ahead = recordedAt.getTime() - Date.now();
        effect.observe(lane, secondsUntil(recordedAt, events));
      },
      failed: ({ lane, fault }) => failed.inc({ lane: lane.subscriber, fault }),
      parked: ({ lane }) => parked.inc({ lane: lane.subscriber }),
      retried({ lane: { subscriber: lane }, event, outcome }) {
        retried.inc({ lane, outcome });
        if (outcome !== 'done') return;
        handled.inc({ lane });
        effect.observe(lane, secondsUntil(new Date(Date.now() + ahead), [event]));
      },
      called: ({ kind, outcome, milliseconds }) => call.observe({ kind, outcome }, milliseconds / 1000),
      recorded: ({ kind, outcome }) => recorded.inc({ kind, outcome }),
    },
    watch: (observed) => watchPostOffice(registry, observed),
  };
}
