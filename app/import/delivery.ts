import { setTimeout as sleep } from 'node:timers/promises';
import type { System } from '../system.ts';

const LOOK_EVERY = 5;

/** Delivers what is said while the work is done, sharing that with other processes if there are any. @throws whatever the work throws */
export async function deliverDuring<Result>(system: System, work: () => Promise<Result>): Promise<Result> {
  const over = new AbortController();
  const delivery = system.run(over.signal);
  const failure = delivery.then(() => new Promise<never>(() => undefined));
  const working = untilManned(system).then(work);
  try {
    return await Promise.race([working, failure]);
  } finally {
    over.abort();
    await Promise.allSettled([delivery, working]);
  }
}

/** Only a lane that somebody is on can be waited for. */
async function untilManned({ relay }: System): Promise<void> {
  while (relay.lanes.length === 0) await sleep(LOOK_EVERY);
}
