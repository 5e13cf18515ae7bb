import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as OTLP says it in JSON. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: number;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: { readonly code?: number };
}

export interface Collector extends AsyncDisposable {
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  /** Of the conventions that they follow. */
  readonly schemas: readonly string[];
}

interface WireSpan extends Omit<CollectedSpan, 'attributes' | 'links'> {
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly links?: CollectedSpan['links'];
}

interface ScopeSpans {
  readonly spans: readonly WireSpan[];
  readonly schemaUrl: string;
}

interface Body {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly ScopeSpans[] }[];
}

/** The smallest collector of traces. */
export async function openCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const schemas: string[] = [];
  const take = (text: string) => {
    const { resourceSpans } = JSON.parse(text) as Body;
    const scopes = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans);
    spans.push(...scopes.flatMap((scope) => scope.spans.map(read)));
    schemas.push(...scopes.map(({ schemaUrl }) => schemaUrl));
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url === '/v1/traces') take(Buffer.concat(chunks).toString());
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    schemas,
    [Symbol.asyncDispose]: () => new Promise<void>((closed) => server.close(() => closed())),
  };
}

const read = ({ attributes, links = [], parentSpanId, ...span }: WireSpan): CollectedSpan => ({
  ...span,
  parentSpanId: parentSpanId || undefined,
  links,
  attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]])),
});
