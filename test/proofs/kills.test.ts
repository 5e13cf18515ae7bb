import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPrivateGround, type ProofGround, query } from './support/ground.ts';
import { proveKills } from './support/kills.ts';
import type { Verdict } from './support/run-proof.ts';
import { broken, faultsIn } from './support/test-ground.ts';

describe('a rush during which the server and PostgreSQL are killed', () => {
  let ground: ProofGround;
  let verdict: Verdict;
  beforeAll(async () => {
    ground = await openPrivateGround();
    const victims = { server: 1, postgres: 1 };
    verdict = await proveKills(ground, { seed: 2, orders: 40, clients: 8, servers: 1, isMixed: false, victims });
  });
  afterAll(() => ground.leave({ isKept: false }));

  test('loses nothing and does nothing twice', () => {
    expect(faultsIn(verdict.balances)).toEqual([]);
  });

  test('is found out when something that was acknowledged is gone', async () => {
    const lost = `delete from checkout.order_lines where order_id in (select id from checkout.orders where status = 'cancelled')`;
    await query(
      ground.database,
      `with lost as (${lost} returning order_id) delete from checkout.orders where id in (select order_id from lost)`,
    );
    expect(broken(await verdict.judgeAgain())).toContain('orders there, of those acknowledged');
  });
});
