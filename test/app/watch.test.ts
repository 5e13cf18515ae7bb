import { beforeEach, describe, expect, test } from 'vitest';
import { createMetrics } from '#app/metrics';
import { createWatch, type Watch } from '#app/watch';
import { DEFAULT_ALARM_LIMITS } from '#events/messaging/watching/alarms';
import type { PostOfficeStatus } from '#events/messaging/watching/status';
import type { Relay } from '#events/messaging/relay/relay';
import { captureLog, type CapturedLog, ERROR } from '../http/log.ts';

const INFO = 30;
const WELL = { end: 7, floor: 0, relays: 1, lanes: [], requests: [], appenders: [], gap: null, pools: [] };
const pool = { process: '4711', size: 2, busy: 0, idle: 2, waiting: 0 };

describe('a post office that cannot be looked at', () => {
  let answer: () => Promise<PostOfficeStatus>;
  let log: CapturedLog;
  let watch: Watch;
  beforeEach(() => {
    log = captureLog();
    watch = createWatch({
      readStatus: () => answer(),
      ownPool: () => pool,
      limits: DEFAULT_ALARM_LIMITS,
      logger: log.logger,
    });
  });

  const refuse = () => Promise.reject(new Error('connect ECONNREFUSED'));

  async function scrape(): Promise<string> {
    const metrics = createMetrics();
    metrics.watch({ relay: { lanes: [] } as unknown as Relay, poolUse: () => pool, isListening: () => false, watch });
    return metrics.registry.metrics();
  }

  test('is an alarm from the second look on, told once with the error and what to do, and once when it is over', async () => {
    answer = refuse;
    await watch.makeRound();
    expect([watch.raised, log.lines]).toEqual([[], []]);
    for (let round = 0; round < 3; round += 1) await watch.makeRound();
    expect(watch.raised).toMatchObject([{ name: 'status-unreadable', subject: '' }]);
    answer = async () => WELL;
    await watch.makeRound();
    expect(watch.raised).toEqual([]);
    expect(log.lines).toMatchObject([
      {
        level: ERROR,
        alarm: 'status-unreadable',
        msg: expect.stringContaining('connect ECONNREFUSED'),
        todo: expect.stringContaining('npx microlith events status'),
      },
      { level: INFO, alarm: 'status-unreadable', msg: expect.stringMatching(/^no longer: /) },
    ]);
  });

  test('is told in a metric', async () => {
    answer = async () => WELL;
    expect(await scrape()).toMatch(/\nmicrolith_status_readable 1\n[^]*\nmicrolith_log_position 7\n/);
    answer = refuse;
    const text = await scrape();
    expect(text).toContain('\nmicrolith_status_readable 0\n');
    expect(text).not.toContain('\nmicrolith_log_position 7');
  });

  test('does not hold up what can be told without it', { timeout: 9_000 }, async () => {
    answer = () => Promise.withResolvers<PostOfficeStatus>().promise;
    const text = await scrape();
    expect(text).toContain('\nmicrolith_status_readable 0\n');
    expect(text).toContain('\nmicrolith_pool_connections{state="idle"} 2\n');
  });
});
