import { expect, test } from 'vitest';
import { DEFAULT_LANE_SETTINGS } from '#events/messaging/lanes/lane-settings';
import type { Lane } from '#events/messaging/lanes/lane-storage';
import { ParkedRetries } from '#events/messaging/parking/parked-retries';
import type { ParkedStorage } from '#events/messaging/parking/parked-storage';
import { defineSubscriber } from '#events/messaging/lanes/subscriber';
import { type DeskScope, NoteTaken } from './desk/note.ts';
import { deskCodec } from './post-office.ts';

const lane: Lane = { id: '1', subscriber: 'desk.fileNotes' };

/** Due, and held by somebody else. */
const taken: ParkedStorage<DeskScope> = {
  takeDue: async () => undefined,
  nextDueIn: async () => 0,
  inRetry: async () => false,
  recordFailure: async () => undefined,
  refund: async () => undefined,
};

test('who finds that a parked event is being tried by another does not ask at once again', async () => {
  let now = 0;
  const retries = new ParkedRetries(() => lane, {
    subscriber: defineSubscriber<DeskScope>()({ name: lane.subscriber, on: NoteTaken, handle: async () => undefined }),
    parked: taken,
    codec: deskCodec,
    timing: { now: () => now, after: () => () => undefined, random: () => 0 },
    settings: DEFAULT_LANE_SETTINGS,
    observer: {},
  });
  retries.lookNow();
  expect(await retries.tryNext()).toBe('none');
  const rest = retries.dueIn()!;
  expect(rest).toBeGreaterThanOrEqual(50);
  now += rest;
  expect(retries.dueIn(), 'it is not forgotten').toBe(0);
});
