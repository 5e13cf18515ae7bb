import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { proveContention } from './support/contention.ts';
import { moody } from './support/demand.ts';
import type { Verdict } from './support/run-proof.ts';
import { tamperings } from './support/tampering.ts';
import { broken, faultsIn, openTestGround } from './support/test-ground.ts';

describe('a rush for what is there for half of it, with payments that fail and customers who change their minds', () => {
  let ground: Awaited<ReturnType<typeof openTestGround>>;
  let verdict: Verdict;
  const known = new Set<string>();
  beforeAll(async () => {
    ground = await openTestGround();
    verdict = await proveContention(ground, {
      seed: 4,
      orders: 50,
      clients: 8,
      servers: 1,
      isMixed: true,
      mixture: moody,
    });
  });
  afterAll(() => ground[Symbol.asyncDispose]());

  test('balances to the last piece, cent and mail', () => {
    expect(faultsIn(verdict.balances)).toEqual([]);
  });

  test.each(tamperings)('is found out when $what', async ({ breaks, tamper }) => {
    await tamper(ground);
    const found = broken(await verdict.judgeAgain());
    expect(found.filter((name) => !known.has(name))).toEqual(breaks);
    for (const name of found) known.add(name);
  });
});
