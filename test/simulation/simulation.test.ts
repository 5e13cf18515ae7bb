import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { describe, expect, test } from 'vitest';
import { CIRCUMSTANCES, type Circumstances } from './circumstances.ts';
import { search } from './command/search.ts';
import type { Guard } from './guards.ts';
import { simulate } from './simulate.ts';

const SEEDS = 1_000;
const SEEDS_IN_CIRCUMSTANCES = 40;

/** A seed that breaks a promise without the guard. After a change of the code it may be another: the search then finds it. */
const KILLERS: Record<Guard, number> = {
  appendersAreAwaited: 0,
  endIsSeenFirst: 8,
  positionsAreDrawnUnderLock: 0,
  predecessorIsProven: 3,
  ledgerKeyIsUnique: 7,
  rowsDecide: 0,
  effectsShareTheCommit: 4,
  trialsAreRecorded: 30,
  survivedTrialsAreForgiven: 0,
  blockedKeysAreRead: 20,
  onlyHeadsAreTried: 7,
  retriesHoldTheirRow: 6,
  attemptsAreGivenBack: 9,
  attemptsAreSpentFirst: 8,
  outagesAreRecognised: 0,
  answersAreKeptOnce: 43,
  requestsOfAKeyWait: 0,
  dueFactsAreHeld: 0,
  dueTimesAreKept: 0,
  keysAreUnique: 0,
  commandsAreRemembered: 1,
  silentSessionsEnd: 16,
};

const PARTICULAR = Object.keys(CIRCUMSTANCES).filter((name) => name !== 'anything') as Circumstances[];

const LONGEST_SEARCH = 2_000;

const upTo = (count: number) => Array.from({ length: count }, (_, seed) => seed);

async function hashOf(seed: number): Promise<string> {
  const hash = createHash('sha256');
  await simulate(seed, { trace: (line) => hash.update(line) });
  return hash.digest('hex');
}

/** Outside of the test runner, which would double what a seed takes. */
const searchAll = (seeds: number, circumstances: Circumstances) =>
  search(
    { first: 0, seeds, minutes: Infinity, threads: availableParallelism(), missing: undefined, circumstances },
    () => undefined,
  );

async function findBroken(missing: Guard, killer: number): Promise<string | undefined> {
  for (const seed of [killer, ...upTo(LONGEST_SEARCH)]) {
    const { problem } = await simulate(seed, { missing });
    if (problem !== undefined) return problem;
  }
}

describe('the post office in a world where everything goes wrong for a while', () => {
  test(`keeps every promise, whatever ${SEEDS} seeds bring`, async () => {
    expect(await searchAll(SEEDS, 'anything')).toBeUndefined();
  });

  test.each(PARTICULAR)(`keeps every promise in circumstances that are rare otherwise: %s`, async (circumstances) => {
    expect(await searchAll(SEEDS_IN_CIRCUMSTANCES, circumstances)).toBeUndefined();
  });

  test.each([3, 14, 15])('does the same again when it is asked to: seed %i', async (seed) => {
    expect(await hashOf(seed)).toBe(await hashOf(seed));
  });

  test('does something else for another seed', async () => {
    expect(await hashOf(1)).not.toBe(await hashOf(2));
  });

  test.each(Object.entries(KILLERS) as [Guard, number][])('breaks a promise without %s', async (guard, killer) => {
    expect(await findBroken(guard, killer)).toBeDefined();
  });
});
