import { setTimeout as sleep } from 'node:timers/promises';
import type { Post, PostOptions } from './contender.ts';

/** Milliseconds between two looks at an empty table. */
const POLL = 100;

/** Delivery by batches, one after the other, with a rest when there are none. */
export function pollingDelivery(
  takeBatch: () => Promise<number>,
  { reportError }: Pick<PostOptions, 'reportError'>,
): { start: Post['startDelivery']; stop: Post['close'] } {
  const stopped = new AbortController();
  let running: Promise<void> | undefined;
  const run = async () => {
    while (!stopped.signal.aborted) {
      const taken = await takeBatch().catch((error: unknown) => {
        reportError(error);
        return 0;
      });
      if (taken === 0) await sleep(POLL, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  };
  return {
    start: async () => {
      running = run();
    },
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
}
