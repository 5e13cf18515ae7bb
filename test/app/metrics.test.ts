import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { histories } from '#app/contexts';
import { createMetrics } from '#app/metrics';
import { createWatch, type Watch } from '#app/watch';
import { DEFAULT_ALARM_LIMITS } from '#events/messaging/watching/alarms';
import type { RecordedEvent } from '#events/messaging/log/log';
import { openApi, type TestApi } from '../http/api.ts';
import { captureLog } from '../http/log.ts';
import { idOf, openShop, type Shop } from '../http/shop.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { openSystemOn } from '../support/system.ts';

const BILLING = 'billing.billOrders';
const operator = { actor: 'operator:ada', reason: 'a test' };

describe('the metrics of a server', () => {
  const metrics = createMetrics();
  const { logger, lines } = captureLog();
  let database: TestDatabase;
  let api: TestApi;
  let shop: Shop;
  let watch: Watch;
  beforeAll(async () => {
    database = await createDatabase(histories);
    api = await openApi(openSystemOn(database.address, { observer: metrics.observer }));
    const { system } = api;
    watch = createWatch({
      readStatus: () => system.backbone.readStatus!(system.hearers),
      ownPool: () => system.backbone.poolUse(),
      limits: { ...DEFAULT_ALARM_LIMITS, lag: 0 },
      logger,
    });
    const { relay, backbone } = system;
    metrics.watch({ relay, watch, poolUse: () => backbone.poolUse(), isListening: () => backbone.isListening() });
    shop = await openShop(api);
  });
  afterAll(async () => {
    await api[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  /** A sample's value, by its name and labels as Prometheus reads them. */
  async function scrape(): Promise<(sample: string) => number | undefined> {
    const samples = new Map(
      (await metrics.registry.metrics())
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
    );
    return (sample) => samples.get(sample);
  }

  const handleable = (lane: string) =>
    api.system.hearers
      .find(({ name }) => name === lane)!
      .types.map((type) => `'${type}'`)
      .join();

  test('count what was published, handled and committed, and by which lane', async () => {
    await idOf(shop.order(1));
    await idOf(shop.order(1));
    await api.system.drain();
    const sample = await scrape();
    const facts = await database.query<{ context: string; facts: number }>(
      `select split_part(type, '.', 1) as context, count(*)::int as facts from messaging.log group by 1`,
    );
    expect(facts.map(({ context }) => sample(`microlith_events_published_total{context="${context}"}`))).toEqual(
      facts.map(({ facts: count }) => count),
    );
    const [{ wanted }] = (await database.query<{ wanted: number }>(
      `select count(*)::int as wanted from messaging.log where type in (${handleable(BILLING)})`,
    )) as [{ wanted: number }];
    expect(wanted).toBeGreaterThan(3);
    for (const name of ['microlith_events_handled_total', 'microlith_batch_events_sum'])
      expect(sample(`${name}{lane="${BILLING}"}`)).toBe(wanted);
    const batches = sample(`microlith_batch_seconds_count{lane="${BILLING}"}`)!;
    expect(sample(`microlith_handler_seconds_count{lane="${BILLING}"}`)).toBe(batches);
    for (const name of ['microlith_effect_seconds_count', 'microlith_effect_seconds_bucket'])
      expect(sample(`${name}{${name.endsWith('bucket') ? 'le="+Inf",' : ''}lane="${BILLING}"}`)).toBe(wanted);
    expect(sample(`microlith_handler_seconds_sum{lane="${BILLING}"}`)).toBeLessThanOrEqual(
      sample(`microlith_batch_seconds_sum{lane="${BILLING}"}`)!,
    );
    expect(sample(`microlith_lane_lag_events{lane="${BILLING}"}`)).toBe(0);
    expect(sample(`microlith_lane_lag_seconds{lane="${BILLING}"}`)).toBe(0);
    expect(sample('microlith_pool_connections{state="waiting"}')).toBe(0);
  });

  test('tell of calls to the outside, what became of them, and what has not ended', async () => {
    const kind = 'billing.capturePayment';
    const sample = await scrape();
    expect(sample(`microlith_call_seconds_count{kind="${kind}",outcome="answered"}`)).toBe(2);
    expect(sample(`microlith_requests_recorded_total{kind="${kind}",outcome="answered"}`)).toBe(2);
    expect(sample(`microlith_requests_waiting{kind="${kind}"}`)).toBeUndefined();
    await database.query(`
      insert into billing.request (tenant_id, kind, id, payload, execution, attempts, due_at, recorded_at, error, is_dead)
      select 'default', 'billing.gone', n::text, '{}', '{}', 1, now(), now() - interval '1 hour', 'busy', n = 3
        from generate_series(1, 3) n`);
    const now = await scrape();
    expect(
      ['waiting', 'failing', 'dead'].map((what) => now(`microlith_requests_${what}{kind="billing.gone"}`)),
    ).toEqual([2, 2, 1]);
    expect(now(`microlith_request_oldest_seconds{kind="billing.gone"}`)).toBeGreaterThanOrEqual(3_600);
    await database.query(`delete from billing.request where kind = 'billing.gone'`);
  });

  test('show the relay, for as long as it says something', async () => {
    await eventually(
      () => api.system.drain(),
      async () => {
        const sample = await scrape();
        expect([sample('microlith_listener_connected'), sample('microlith_relays')]).toEqual([1, 1]);
      },
    );
  });

  test('measure the time to an effect for every event of a batch', async () => {
    const { observer, registry } = createMetrics();
    const recorded = (seconds: number) => ({ recordedAt: new Date(seconds * 1_000) }) as RecordedEvent;
    const lane = { id: '1', subscriber: BILLING };
    const events = [recorded(0), recorded(9.97), recorded(9.98)];
    const took = { milliseconds: 1, handlerMilliseconds: 1, to: { position: 3, eventId: null } };
    observer.handled!({ lane, events, recordedAt: new Date(10_000), ...took });
    observer.handled!({ lane, events: [recorded(0)], recordedAt: new Date(20_000), ...took });
    const text = await registry.metrics();
    expect(text.match(/microlith_effect_seconds_(bucket\{le="(0\.025|0\.05|10|\+Inf)"|sum|count).*/g)).toEqual([
      `microlith_effect_seconds_bucket{le="0.025",lane="${BILLING}"} 1`,
      `microlith_effect_seconds_bucket{le="0.05",lane="${BILLING}"} 2`,
      `microlith_effect_seconds_bucket{le="10",lane="${BILLING}"} 3`,
      `microlith_effect_seconds_bucket{le="+Inf",lane="${BILLING}"} 4`,
      expect.stringMatching(/sum\{lane=.* 30\.0/),
      `microlith_effect_seconds_count{lane="${BILLING}"} 4`,
    ]);
  });

  test('measure it for an event that was parked before as well', async () => {
    const { observer, registry } = createMetrics();
    const lane = { id: '1', subscriber: BILLING };
    const took = { milliseconds: 1, handlerMilliseconds: 1, to: { position: 3, eventId: null } };
    const inAnHour = Date.now() + 3_600_000;
    observer.handled!({ lane, events: [], recordedAt: new Date(inAnHour), ...took });
    const event = { recordedAt: new Date(inAnHour - 120_000) } as RecordedEvent;
    for (const outcome of ['failed', 'done'] as const) observer.retried!({ lane, event, outcome });
    expect((await registry.metrics()).match(/microlith_effect_seconds_(bucket\{le="(60|300)"|count).*/g)).toEqual([
      `microlith_effect_seconds_bucket{le="60",lane="${BILLING}"} 0`,
      `microlith_effect_seconds_bucket{le="300",lane="${BILLING}"} 1`,
      `microlith_effect_seconds_count{lane="${BILLING}"} 1`,
    ]);
  });

  test('measure the time to an effect by the clock of the database, whatever this process thinks', async () => {
    const sum = `microlith_effect_seconds_sum{lane="${BILLING}"}`;
    const before = (await scrape())(sum)!;
    const now = vi.spyOn(Date, 'now').mockImplementation(() => performance.timeOrigin + performance.now() + 3_600_000);
    try {
      await idOf(shop.order(1));
      await api.system.drain();
    } finally {
      now.mockRestore();
    }
    const took = (await scrape())(sum)! - before;
    expect(took).toBeGreaterThan(0);
    expect(took).toBeLessThan(1_800);
  });

  test('say what a paused lane has before it, how old that is, and that it needs a person', async () => {
    const operations = api.system.backbone.operations(api.system.hearers);
    await operations.pause(BILLING, operator);
    await idOf(shop.order(1));
    api.system.relay.reconsider();
    await api.system.drain();
    await database.query(
      `update messaging.log set recorded_at = recorded_at - interval '1 hour' where type = 'checkout.OrderPlaced'`,
    );
    await watch.makeRound();
    await watch.makeRound();
    const sample = await scrape();
    expect(sample(`microlith_lane_lag_events{lane="${BILLING}"}`)).toBe(2);
    expect(sample(`microlith_lane_lag_seconds{lane="${BILLING}"}`)).toBeGreaterThanOrEqual(3_600);
    expect(sample(`microlith_lane_paused{lane="${BILLING}"}`)).toBe(1);
    expect(sample(`microlith_alarm{alarm="lane-paused",subject="${BILLING}"}`)).toBe(1);
    await operations.resume(BILLING, operator);
    api.system.relay.reconsider();
    await api.system.drain();
    await watch.makeRound();
    expect((await scrape())(`microlith_alarm{alarm="lane-paused",subject="${BILLING}"}`)).toBeUndefined();
    expect(lines.filter(({ alarm }) => alarm === 'lane-paused')).toMatchObject([
      { level: 50, subject: BILLING, msg: `${BILLING} is paused: operator:ada: a test` },
      { level: 30, msg: expect.stringMatching(/^no longer: /) },
    ]);
  });

  test('count what failed, was parked, and was tried again', async () => {
    await database.query('alter table billing.billable_orders add constraint lately check (to_bill is null) not valid');
    await idOf(shop.order(1));
    await api.system.drain();
    let sample = await scrape();
    expect(sample(`microlith_events_parked_total{lane="${BILLING}"}`)).toBe(1);
    expect(sample(`microlith_batches_failed_total{lane="${BILLING}",fault="event"}`)).toBeGreaterThan(0);
    expect(sample(`microlith_lane_parked_events{lane="${BILLING}"}`)).toBeGreaterThan(0);
    await database.query('alter table billing.billable_orders drop constraint lately');
    await api.system.backbone.operations(api.system.hearers).actOnParked('retry', { filter: {}, operator });
    api.system.relay.reconsider();
    await api.system.drain();
    sample = await scrape();
    expect(sample(`microlith_events_retried_total{lane="${BILLING}",outcome="done"}`)).toBeGreaterThan(0);
    expect(sample(`microlith_lane_parked_events{lane="${BILLING}"}`)).toBe(0);
  });
});
