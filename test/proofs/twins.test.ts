import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { query } from './support/ground.ts';
import type { Verdict } from './support/run-proof.ts';
import { broken, faultsIn, openTestGround } from './support/test-ground.ts';
import { proveTwins } from './support/twins.ts';

describe('the same final call to two servers at once, one of which is killed', () => {
  let ground: Awaited<ReturnType<typeof openTestGround>>;
  let verdict: Verdict;
  beforeAll(async () => {
    ground = await openTestGround();
    verdict = await proveTwins(ground, { seed: 1, orders: 3, killEvery: 3 });
  });
  afterAll(() => ground[Symbol.asyncDispose]());

  test('is one order, one capture and one fact', () => {
    expect(faultsIn(verdict.balances)).toEqual([]);
  });

  test('is found out when it is two orders', async () => {
    await query(
      ground.database,
      `insert into checkout.orders
       select (r).* from (select jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid())) as r
                            from checkout.orders o limit 1) twin`,
    );
    expect(broken(await verdict.judgeAgain())).toContain('orders there, of those acknowledged');
  });
});
