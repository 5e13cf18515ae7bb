import { setTimeout as sleep } from 'node:timers/promises';
import { type Ground, query } from './ground.ts';
import { isOver, type Leftover, LEFTOVERS } from './post-office.ts';

const LOOK_EVERY = 100;
const PATIENCE = 120_000;

/**
 * Resolves when nothing can happen any more: every subscriber has handled everything, no request waits, nothing is parked
 * that will be tried again. What is not over when patience ends is for the balances to show.
 */
export async function quiet({ database }: Pick<Ground, 'database'>): Promise<void> {
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline; await sleep(LOOK_EVERY)) {
    const leftovers = await query<Leftover & Record<string, unknown>>(database, LEFTOVERS);
    if (leftovers.every(isOver)) return;
  }
}
