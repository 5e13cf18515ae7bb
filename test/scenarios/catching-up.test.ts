import { describe, expect, test } from 'vitest';
import { newId, ProductId } from '#shared-kernel/ids';
import { moneyOf } from '#shared-kernel/money';
import { asOperator, openMemorySystem, openPostgresSystem } from '../support/system.ts';

/** Milliseconds; only a failure waits so long. */
const PATIENCE = 60_000;

describe.each([
  ['in memory', openMemorySystem],
  ['on PostgreSQL', openPostgresSystem],
])('a context, %s,', (_where, openSystem) => {
  test('is not taken for caught up before delivery has begun', async () => {
    await using system = await openSystem();
    const productId = newId(ProductId);
    const listing = { productId, sku: 'ROADSTER', name: 'Roadster', description: '', category: null };
    const price = moneyOf('19.99', 'USD');
    await asOperator(() =>
      system.contexts.catalog.commands.listProduct({ ...listing, price, taxClass: 'standard', isForSale: true }),
    );
    const end = await system.backbone.findEnd();
    const catchingUp = system.relay.caughtUp('checkout', end, PATIENCE);
    const stop = new AbortController();
    const running = system.run(stop.signal);
    expect(await catchingUp).toBe(true);
    const lanes = system.relay.lanes.filter(({ context }) => context === 'checkout');
    expect(lanes.length).toBeGreaterThan(0);
    expect(Math.min(...lanes.map(({ at }) => at.position))).toBeGreaterThanOrEqual(end);
    stop.abort();
    await running;
  });
});
