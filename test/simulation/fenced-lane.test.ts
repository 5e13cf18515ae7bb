import { expect, test, vi } from 'vitest';
import { Bell } from '#events/messaging/bell';
import { Fenced } from '#events/messaging/lanes/failure';
import { LaneWorker } from '#events/messaging/lanes/lane';
import { DEFAULT_LANE_SETTINGS } from '#events/messaging/lanes/lane-settings';
import { BUSY, type LaneBatch, type LaneStorage } from '#events/messaging/lanes/lane-storage';
import type { Tap } from '#events/messaging/log/feed';
import { BEGINNING, FrontierGone, type LogPosition, positionOf, type RecordedEvent } from '#events/messaging/log/log';
import type { ParkedStorage } from '#events/messaging/parking/parked-storage';
import { defineSubscriber } from '#events/messaging/lanes/subscriber';
import { ConnectionLost } from './database/failures.ts';
import { codec, OrderPlaced } from './office/facts.ts';
import { Machine } from './world/machine.ts';
import { World } from './world/world.ts';

const standing = { at: BEGINNING, pausedBecause: null, parkedKeys: 0, failedKeys: 0, replayUntil: 0 };
const placed = { id: 'e5', type: OrderPlaced.type, position: 5 } as RecordedEvent;
const lane = { id: '1', subscriber: 'shop.listen', standing };

/** Works a lane for which the log holds nothing, and whose bookkeeping is always due. */
function workerOn(
  inBatch: (lane: unknown, work: (batch: LaneBatch<object>) => Promise<unknown>) => Promise<unknown>,
  {
    tap = {},
    reenlist = async () => lane,
    isMine = true,
    pausedBecause = null,
  }: {
    tap?: Partial<Tap>;
    reenlist?: () => Promise<typeof lane>;
    isMine?: boolean;
    pausedBecause?: string | null;
  } = {},
): LaneWorker<object> {
  const { timing } = new Machine('p1', new World(1), { clockError: 0 });
  return new LaneWorker<object>({
    context: 'shop',
    subscriber: defineSubscriber<object>()({ name: lane.subscriber, on: OrderPlaced, handle: async () => undefined }),
    lane: { ...lane, standing: { ...standing, pausedBecause } },
    reenlist,
    storage: { inBatch } as unknown as LaneStorage<object>,
    parked: { takeDue: async () => undefined, nextDueIn: async () => undefined } as unknown as ParkedStorage<object>,
    tap: {
      bell: new Bell(timing),
      onNothing: () => undefined,
      after: () => ({ to: { position: 5, eventId: 'e5' }, events: [], server: 'run 1' }),
      hasMoreAfter: () => false,
      leave: () => undefined,
      forget: () => undefined,
      ...tap,
    },
    frontier: () => BEGINNING,
    readBehind: () => Promise.reject(new FrontierGone(BEGINNING)),
    codec,
    timing,
    settings: { ...DEFAULT_LANE_SETTINGS, keepUpEvery: { positions: 1, milliseconds: 60_000 } },
    observer: {},
    isMine: () => isMine,
  });
}

test('a lane that another process has moved on looks again, however often the database is lost meanwhile', async () => {
  const looks: string[] = [];
  const worker = workerOn(() => Promise.reject(new Fenced(lane.subscriber)), {
    reenlist: async () => {
      looks.push('looked');
      if (looks.length < 3) throw new ConnectionLost();
      return lane;
    },
  });
  for (let step = 0; step < 4; step += 1) await worker.step();
  expect(looks).toHaveLength(3);
});

test('a lane whose events were read from a server that is gone handles none of them, and has them read anew', async () => {
  let forgotten = 0;
  const handled: unknown[] = [];
  const slice = { after: BEGINNING, to: positionOf(placed), events: [placed], server: 'run 1' };
  const batch = { at: BEGINNING, server: 'run 2', pausedBecause: null, hasParked: false, earlierStarts: 0 };
  const advanceTo = (to: LogPosition) => void handled.push(to);
  const worker = workerOn((_lane, work) => work({ ...batch, advanceTo } as unknown as LaneBatch<object>), {
    tap: { after: () => slice, forget: () => void (forgotten += 1) },
  });
  expect(forgotten).toBe(1);
  for (let step = 0; step < 2; step += 1) await worker.step();
  expect({ handled, forgotten }).toEqual({ handled: [], forgotten: 2 });
});

test('a lane that another process holds is left alone for a moment, also where it is only to be brought up to date', async () => {
  let isAtTheEnd = false;
  const slice = { after: BEGINNING, to: { position: 5, eventId: 'e5' }, events: [], server: 'run 1' };
  const worker = workerOn(async () => BUSY, { tap: { after: () => (isAtTheEnd ? undefined : slice) } });
  expect(await worker.step()).toEqual({ rest: expect.any(Number) });
  isAtTheEnd = true;
  expect(await worker.step()).toEqual({ rest: expect.any(Number) });
});

test('a lane of another process is not read, however much there is for it', async () => {
  const after = vi.fn<Tap['after']>();
  const leave = vi.fn<Tap['leave']>();
  const unused = () => Promise.reject(new Error('it is not worked'));
  const worker = workerOn(unused, { tap: { hasMoreAfter: () => true, after, leave }, isMine: false });
  expect(await worker.step()).toEqual({ rest: DEFAULT_LANE_SETTINGS.stepInAfter / 3 });
  expect([after.mock.calls.length, leave.mock.calls.length]).toEqual([0, 1]);
});

test('a lane of another process comes to the end at once where nothing is known to be there for it', async () => {
  const leave = vi.fn<Tap['leave']>();
  const unused = () => Promise.reject(new Error('it is not worked'));
  const worker = workerOn(unused, { tap: { leave }, isMine: false });
  expect(await worker.step()).toBe('worked');
  expect([worker.at.position, leave.mock.calls.length]).toEqual([5, 0]);
});

test('a lane that is paused leaves what there is', async () => {
  const leave = vi.fn<Tap['leave']>();
  const worker = workerOn(async () => undefined, { tap: { leave }, pausedBecause: 'an operator said so' });
  expect(await worker.step()).toBe('idle');
  expect(leave).toHaveBeenCalledOnce();
});
