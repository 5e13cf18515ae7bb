import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Guard } from './guards.ts';
import { simulate } from './simulate.ts';

const SMOKE = 120;

/**
 * A seed that breaks a promise without the guard. After a change of the code it may be another: the search then finds it.
 * Without `endIsSeenFirst` one seed in a thousand does, too few to search for here: the settled reader has a test of it.
 */
const KILLERS: Record<Exclude<Guard, 'endIsSeenFirst'>, number> = {
  appendersAreAwaited: 0,
  positionsAreDrawnUnderLock: 0,
  predecessorIsProven: 1602,
  ledgerKeyIsUnique: 7,
  rowsDecide: 0,
  effectsShareTheCommit: 4,
  trialsAreRecorded: 30,
  survivedTrialsAreForgiven: 0,
  blockedKeysAreRead: 20,
  onlyHeadsAreTried: 7,
  retriesHoldTheirRow: 1570,
  attemptsAreGivenBack: 9,
  attemptsAreSpentFirst: 8,
  outagesAreRecognised: 0,
  answersAreKeptOnce: 43,
  requestsOfAKeyWait: 0,
  dueFactsAreHeld: 0,
  dueTimesAreKept: 0,
  commandsAreRemembered: 1,
  silentSessionsEnd: 16,
};

const LONGEST_SEARCH = 2_000;

const upTo = (count: number) => Array.from({ length: count }, (_, seed) => seed);

async function hashOf(seed: number): Promise<string> {
  const hash = createHash('sha256');
  await simulate(seed, { trace: (line) => hash.update(line) });
  return hash.digest('hex');
}

async function findBroken(missing: Guard, killer: number): Promise<string | undefined> {
  for (const seed of [killer, ...upTo(LONGEST_SEARCH)]) {
    const { problem } = await simulate(seed, { missing });
    if (problem !== undefined) return problem;
  }
}

describe('the post office in a world where everything goes wrong for a while', () => {
  test(`keeps every promise, whatever ${SMOKE} seeds bring`, async () => {
    for (const seed of upTo(SMOKE)) expect(await simulate(seed)).toMatchObject({ seed, problem: undefined });
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
