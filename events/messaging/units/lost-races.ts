import { DomainError } from '#shared-kernel/errors';
import { faultOf } from '../lanes/fault.ts';

/** Somebody else was first: what was done is undone, and can be done again. */
export class LostRace extends Error {}

/** Others changed the same records at the same time, again and again. */
export class ConcurrentChange extends DomainError {
  readonly code = 'messaging.concurrent-change';
  readonly kind = 'conflict';

  constructor() {
    super('others changed the same records at the same time; read again and retry');
  }
}

const TRIES = 8;

/** @throws {ConcurrentChange} when it has lost again and again, or whatever else it fails with */
export async function rerunLostRaces<Result>(run: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; tries < TRIES; tries += 1) {
    try {
      return await run();
    } catch (error) {
      if (!isLostRace(error)) throw error;
    }
  }
  return run().catch((error: unknown) => {
    throw isLostRace(error) ? new ConcurrentChange() : error;
  });
}

const isLostRace = (error: unknown): boolean => error instanceof LostRace || faultOf(error) === 'conflict';
