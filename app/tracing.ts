import type { Attributes, Context, Link, Span as OtelSpan, SpanOptions, Tracer } from '@opentelemetry/api';
import type * as Otel from '@opentelemetry/api';
import type { DeliveredEvent } from '#events/messaging/facts/event';
import type { Span, Tracing } from '#events/messaging/watching/tracing';
import manifest from '../package.json' with { type: 'json' };

/** Traces of one process, sent to a collector. */
export interface Traces extends Tracing {
  /** A request is answered. It continues the caller's trace, if there is one. */
  serve(request: ServedRequest): ServedSpan;
  /** Sends what is not sent yet. */
  close(): Promise<void>;
}

export interface ServedRequest {
  readonly operation: string;
  readonly method: string;
  readonly route: string;
  readonly traceparent: string | undefined;
}

export interface ServedSpan {
  readonly traceparent: string;
  end(status: number): void;
}

/** The semantic conventions that names and attributes follow; those of messaging may still change from one version to the next. */
const CONVENTIONS = 'https://opentelemetry.io/schemas/1.45.0';

/**
 * Sends traces where `OTEL_EXPORTER_OTLP_ENDPOINT` says, by OTLP over HTTP; nothing, and nothing is loaded, where it says nothing.
 * All other `OTEL_…` variables of the exporter hold as well. Names follow the OpenTelemetry semantic conventions for messaging and
 * HTTP; the span of a publishing is the parent of the spans that process it, and linked to them.
 */
export async function openTraces(environment: NodeJS.ProcessEnv = process.env): Promise<Traces | undefined> {
  const url = collectorOf(environment);
  if (!url) return undefined;
  const [api, { BatchSpanProcessor, TracerProvider }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': environment.OTEL_SERVICE_NAME ?? 'microlith',
      'service.version': manifest.version,
    }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }) })],
  });
  const tracer = provider.getTracer('microlith', manifest.version, { schemaUrl: CONVENTIONS });
  return createTraces(tracer, api, () => provider.shutdown());
}

function collectorOf({
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: exact,
  OTEL_EXPORTER_OTLP_ENDPOINT: base,
}: NodeJS.ProcessEnv): string | undefined {
  return exact || (base && `${base.replace(/\/$/, '')}/v1/traces`);
}

type Api = typeof Otel;

function createTraces(tracer: Tracer, api: Api, close: () => Promise<void>): Traces {
  const { SpanKind, SpanStatusCode } = api;
  const start = (name: string, parent: string | null | undefined, options: SpanOptions): OtelSpan =>
    tracer.startSpan(name, options, contextOf(api, parent));
  const spanOf = (span: OtelSpan): Span => ({
    traceparent: traceparentOf(span),
    end(error) {
      if (error !== undefined) {
        const type = error instanceof Error ? error.name : '_OTHER';
        span.setAttribute('error.type', type);
        span.setStatus({ code: SpanStatusCode.ERROR, message: type });
      }
      span.end();
    },
  });
  return {
    publish: (fact) =>
      spanOf(
        start(`create ${fact.type}`, fact.traceparent, {
          kind: SpanKind.PRODUCER,
          attributes: { ...operation('create', fact.type), ...ofMessage(fact) },
        }),
      ),
    process: (subscriber, event) =>
      spanOf(
        start(`process ${event.type}`, event.traceparent, {
          kind: SpanKind.CONSUMER,
          links: linkTo(event),
          attributes: {
            ...operation('process', event.type),
            ...ofSubscriber(subscriber),
            ...ofMessage(event),
          },
        }),
      ),
    processTogether: (subscriber, events) => {
      const types = [...new Set(events.map(({ type }) => type))];
      const destination = types.length === 1 ? types[0] : undefined;
      return spanOf(
        start(['process', destination].filter(Boolean).join(' '), events[0]?.traceparent, {
          kind: SpanKind.CONSUMER,
          links: events.flatMap(linkTo),
          attributes: {
            ...operation('process', destination),
            ...ofSubscriber(subscriber),
            'messaging.batch.message_count': events.length,
          },
        }),
      );
    },
    call: (kind, traceparent) => spanOf(start(`call ${kind}`, traceparent, { kind: SpanKind.CLIENT })),
    serve: ({ operation: name, method, route, traceparent }) => {
      const span = start(`${method} ${route}`, traceparent, {
        kind: SpanKind.SERVER,
        attributes: { 'http.request.method': method, 'http.route': route, 'microlith.operation': name },
      });
      return {
        traceparent: traceparentOf(span),
        end(status) {
          span.setAttribute('http.response.status_code', status);
          if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        },
      };
    },
    close,
  };
}

const linkTo = (event: DeliveredEvent): Link[] => {
  const context = parseTraceparent(event.traceparent);
  return context ? [{ context, attributes: { 'messaging.message.id': event.id } }] : [];
};

/** Publishing is creating: what is sent to whom is nobody's business but the log's, and each fact has a context of its own. */
const operation = (name: 'create' | 'process', destination: string | undefined): Attributes => ({
  'messaging.system.name': 'microlith',
  'messaging.operation.name': name,
  'messaging.operation.type': name,
  ...(destination && { 'messaging.destination.name': destination }),
});

const ofSubscriber = (subscriber: string): Attributes => ({ 'messaging.consumer.group.name': subscriber });

const ofMessage = ({ id, correlationId }: { readonly id: string; readonly correlationId: string }): Attributes => ({
  'messaging.message.id': id,
  'messaging.message.conversation_id': correlationId,
});

const contextOf = (api: Api, traceparent: string | null | undefined): Context => {
  const parent = parseTraceparent(traceparent);
  return parent ? api.trace.setSpanContext(api.ROOT_CONTEXT, parent) : api.ROOT_CONTEXT;
};

function traceparentOf(span: OtelSpan): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

function parseTraceparent(text: string | null | undefined) {
  const parts = TRACEPARENT.exec(text ?? '');
  if (!parts) return undefined;
  const [, traceId, spanId, flags] = parts as unknown as [string, string, string, string];
  return { traceId, spanId, traceFlags: parseInt(flags, 16), isRemote: true };
}

/** W3C Trace Context: the version ff and names of nothing but zeros are no valid ones. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})$/;
