import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { judgeSale, planSale, proveBuyers } from './support/buyers.ts';
import type { Verdict } from './support/run-proof.ts';
import { broken, faultsIn, openTestGround } from './support/test-ground.ts';

describe('twice as many buyers as pieces before two servers', () => {
  let ground: Awaited<ReturnType<typeof openTestGround>>;
  let verdict: Verdict;
  beforeAll(async () => {
    ground = await openTestGround();
    verdict = await proveBuyers(ground, { seed: 1, orders: 20, clients: 8, servers: 2 });
  });
  afterAll(() => ground[Symbol.asyncDispose]());

  test('buy every piece, and none twice', () => {
    expect(faultsIn(verdict.balances)).toEqual([]);
  });
});

describe('the verdict on a sale of two pieces to four buyers', () => {
  const demand = planSale({ seed: 1, orders: 4 }, 2);
  const [receipt] = demand.receipts;
  const { productId, warehouseId } = demand.receipts[1]!;
  const buyer = (id: string, status: string) => ({ id, status, reason: null, total: 1n });
  const line = (orderId: string) => ({ orderId, productId, sku: 'PROOF-0', quantity: 1 });
  const allocation = (orderId: string) => ({ ...line(orderId), warehouseId, reservation: 'shipping', shipment: null });
  const sale = {
    orders: [buyer('a', 'confirmed'), buyer('b', 'confirmed'), buyer('c', 'cancelled'), buyer('d', 'cancelled')],
    lines: ['a', 'b', 'c', 'd'].map(line),
    allocations: ['a', 'b'].map(allocation),
    levels: [{ productId, warehouseId, onHand: 2, reserved: 2 }],
  };
  const verdictOn = (state: typeof sale) => broken(judgeSale(state, demand, 2));

  test('is that it balances when two have one each', () => {
    expect(receipt!.quantity).toBe(0);
    expect(verdictOn(sale)).toEqual([]);
  });

  test('is that more was sold than there was when a third is confirmed', () => {
    const orders = [...sale.orders.slice(0, 2), buyer('c', 'confirmed'), buyer('d', 'cancelled')];
    expect(verdictOn({ ...sale, orders })).toEqual(['pieces sold', 'buyers, by how it ended']);
  });

  test('is that the counter lies when it counts one reservation less', () => {
    const levels = [{ productId, warehouseId, onHand: 2, reserved: 1 }];
    expect(verdictOn({ ...sale, levels })).toEqual([
      'the counter of reserved pieces = reservations',
      'pieces still available',
    ]);
  });

  test('is that a piece is missing when it left though nobody sent it', () => {
    const levels = [{ productId, warehouseId, onHand: 1, reserved: 2 }];
    expect(verdictOn({ ...sale, levels })).toEqual(['pieces on hand, all of them promised', 'pieces still available']);
  });
});
