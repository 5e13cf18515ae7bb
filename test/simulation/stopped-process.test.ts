import { expect, test } from 'vitest';
import { handleAll } from '#events/messaging/lanes/handling';
import type { DeliveredEvent } from '#events/messaging/facts/event';
import { defineSubscriber } from '#events/messaging/lanes/subscriber';
import { OrderPlaced } from './office/facts.ts';
import { Machine } from './world/machine.ts';
import { World } from './world/world.ts';

const LIMIT = 600;

/** Handles one event, which takes its handler so long, while its process is stopped for a while; how did it end? */
async function handleWhileStopped({ takes, stoppedFor }: { readonly takes: number; readonly stoppedFor: number }) {
  const world = new World(1);
  const machine = new Machine('p1', world, { clockError: 0 });
  const subscriber = defineSubscriber<object>()({
    name: 'shop.dawdle',
    on: OrderPlaced,
    handle: () => machine.sleep(takes),
  });
  const event = { id: 'e1', type: OrderPlaced.type, tenantId: 'one', data: { order: 'a', n: 1 } };
  let end: unknown;
  handleAll(subscriber, { scopeOf: () => ({}) }, [event as DeliveredEvent], {
    milliseconds: LIMIT,
    timing: machine.timing,
  }).then(
    () => (end = 'handled'),
    (error: Error) => (end = error.message),
  );
  world.in(1, () => machine.freeze());
  world.in(1 + stoppedFor, () => machine.thaw());
  await world.pass(
    () => end !== undefined,
    () => 60_000,
  );
  return end;
}

test.each([100, LIMIT - 1, LIMIT, LIMIT + 1, 10 * LIMIT])(
  'a process that was stopped for %i ms does not blame the event at hand',
  async (stoppedFor) => {
    expect(await handleWhileStopped({ takes: 5, stoppedFor })).toBe('handled');
  },
);

test('a handler that takes too long is given up, stopped or not', async () => {
  const end = await handleWhileStopped({ takes: 20 * LIMIT, stoppedFor: 3 * LIMIT });
  expect(end).toBe(`shop.dawdle was still running after ${LIMIT} ms`);
});
