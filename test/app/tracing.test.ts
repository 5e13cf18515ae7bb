import { describe, expect, test } from 'vitest';
import { openTraces, type Traces } from '#app/tracing';
import { histories } from '#app/contexts';
import { openApi } from '../http/api.ts';
import { idOf, openShop } from '../http/shop.ts';
import { createDatabase } from '../support/database.ts';
import { openSystemOn } from '../support/system.ts';
import { type CollectedSpan, openCollector } from './collector.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const traceparent = `00-${TRACE}-${CALLER}-01`;
const [SERVER, CLIENT, PRODUCER, CONSUMER] = [2, 3, 4, 5];

/** One order, from an HTTP request that belongs to a trace to the mail that confirms it. */
async function traceAnOrder() {
  await using stack = new AsyncDisposableStack();
  const collector = stack.use(await openCollector());
  const traces = (await openTraces({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }))!;
  const database = stack.use(await createDatabase(histories));
  const api = stack.use(await openApi(openSystemOn(database.address, { tracing: traces }), { traces }));
  const shop = await openShop(api);
  const order = await idOf(api.post('/api/checkout/orders', shop.orderOf(1), { traceparent }));
  await api.system.drain();
  const log = await database.query<{ id: string; type: string; traceparent: string }>(
    'select id, type, traceparent from messaging.log where correlation_id = $1 order by position',
    [order],
  );
  await traces.close();
  return { log, spans: collector.spans.filter(({ traceId }) => traceId === TRACE) };
}

const named = (spans: readonly CollectedSpan[], name: string) => spans.filter((span) => span.name === name);

describe('an order', () => {
  test('is one trace, which continues the caller’s and goes through all contexts', async () => {
    const { log, spans } = await traceAnOrder();
    const known = new Map(spans.map((span) => [span.spanId, span]));
    expect(
      spans.filter(({ parentSpanId }) => !known.has(parentSpanId!)).map(({ parentSpanId }) => parentSpanId),
    ).toEqual([CALLER]);
    const [served, ...others] = named(spans, 'POST /api/checkout/orders');
    expect(others).toEqual([]);
    expect(served).toMatchObject({
      kind: SERVER,
      parentSpanId: CALLER,
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/api/checkout/orders',
        'http.response.status_code': 201,
      },
    });
    expect(log.map(({ type }) => type)).toContain('checkout.OrderConfirmed');
    for (const { id, type, traceparent: kept } of log) {
      const [publish, ...twins] = spans.filter(
        (span) => span.kind === PRODUCER && span.attributes['messaging.message.id'] === id,
      );
      expect(twins).toEqual([]);
      expect(publish).toMatchObject({
        name: `create ${type}`,
        attributes: {
          'messaging.system.name': 'microlith',
          'messaging.operation.name': 'create',
          'messaging.operation.type': 'create',
          'messaging.destination.name': type,
          'messaging.message.conversation_id': expect.any(String),
        },
      });
      expect(kept).toBe(`00-${TRACE}-${publish!.spanId}-01`);
      for (const process of spans.filter(
        (span) => span.kind === CONSUMER && span.attributes['messaging.message.id'] === id,
      ))
        expect(process).toMatchObject({
          name: `process ${type}`,
          parentSpanId: publish!.spanId,
          links: [{ traceId: TRACE, spanId: publish!.spanId }],
          attributes: { 'messaging.operation.type': 'process', 'messaging.destination.name': type },
        });
    }
    const [placed] = named(spans, 'create checkout.OrderPlaced');
    expect(placed!.parentSpanId).toBe(served!.spanId);
    const processes = named(spans, 'process checkout.OrderPlaced');
    expect(new Set(processes.map(({ attributes }) => attributes['messaging.consumer.group.name']))).toEqual(
      new Set(['billing.billOrders', 'fulfillment.reserveStockOnOrderPlaced']),
    );
    const [call] = named(spans, 'call billing.capturePayment');
    expect(call!.kind).toBe(CLIENT);
    expect(known.get(call!.parentSpanId!)!.attributes['messaging.consumer.group.name']).toBe('billing.billOrders');
  });

  test('is told in the words of one version of the conventions', async () => {
    await using collector = await openCollector();
    const traces = (await openTraces({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }))!;
    traces.serve({ operation: 'a.b', method: 'GET', route: '/', traceparent }).end(200);
    await traces.close();
    expect(collector.schemas).toEqual(['https://opentelemetry.io/schemas/1.45.0']);
  });

  test('that is refused leaves no publishing behind', async () => {
    await using stack = new AsyncDisposableStack();
    const collector = stack.use(await openCollector());
    const traces = (await openTraces({ OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/` }))!;
    const database = stack.use(await createDatabase(histories));
    const api = stack.use(await openApi(openSystemOn(database.address, { tracing: traces }), { traces }));
    const shop = await openShop(api);
    await database.query('alter table checkout.orders add constraint lately check (false) not valid');
    expect((await api.post('/api/checkout/orders', shop.orderOf(1), { traceparent })).status).toBe(500);
    await traces.close();
    expect(collector.spans.filter(({ traceId }) => traceId === TRACE)).toMatchObject([
      { name: 'POST /api/checkout/orders', status: { code: 2 } },
    ]);
  });

  test('has no traces, and loads nothing to make them, where no collector is named', async () => {
    expect(await openTraces({})).toBeUndefined();
  });

  test.each(['ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', `00-${'0'.repeat(32)}-${CALLER}-01`, 'x'])(
    'does not continue %s, which is no trace',
    async (bad) => {
      await using collector = await openCollector();
      const traces: Traces = (await openTraces({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }))!;
      traces.serve({ operation: 'a.b', method: 'GET', route: '/', traceparent: bad }).end(200);
      await traces.close();
      expect(collector.spans).toMatchObject([{ parentSpanId: undefined, traceId: expect.not.stringMatching(/^0+$/) }]);
    },
  );
});
