import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idOfName, ProductId, WarehouseId } from '#shared-kernel/ids';
import { allocateStock } from '../../../contexts/fulfillment/domain/allocation.ts';
import { available, type StockLevel, totalAvailable } from '../../../contexts/fulfillment/domain/stock.ts';

const SEED = 2026;

const productIds = ['a', 'b', 'c'].map((name) => idOfName(ProductId, 'products', name));
const warehouseIds = ['north', 'south', 'east'].map((name) => idOfName(WarehouseId, 'warehouses', name));

const lines = fc.array(
  fc.record({ productId: fc.constantFrom(...productIds), quantity: fc.integer({ min: 1, max: 12 }) }),
  { minLength: 1, maxLength: 6 },
);

/** Every product in any of the warehouses, at any level. */
const levels = fc
  .subarray(productIds.flatMap((productId) => warehouseIds.map((warehouseId) => ({ productId, warehouseId }))))
  .chain((places) =>
    fc.tuple(
      ...places.map((place) => fc.record({ onHand: fc.nat(15), share: fc.nat(4) }).map((level) => ({ place, level }))),
    ),
  )
  .map((placed) =>
    placed.map(({ place, level: { onHand, share } }) => ({
      ...place,
      onHand,
      reserved: Math.floor((onHand * share) / 4),
    })),
  );

type Line = ReturnType<typeof sumUp>[number];

const sumUp = (pieces: readonly { readonly productId: ProductId; readonly quantity: number }[]) =>
  productIds
    .map((productId) => {
      const own = pieces.filter((each) => each.productId === productId);
      return { productId, quantity: own.reduce((sum, { quantity }) => sum + quantity, 0) };
    })
    .filter(({ quantity }) => quantity > 0);

describe('the allocation of stock', () => {
  const always = (property: (wanted: Line[], stock: StockLevel[]) => void) =>
    fc.assert(fc.property(lines, levels, property), { seed: SEED, numRuns: 500 });

  test('gives every piece that is wanted, from what is available, or names every shortage and gives none', () => {
    let rejected = 0;
    always((wanted, stock) => {
      const { allocations, shortages } = allocateStock(wanted, stock);
      const totals = sumUp(wanted).map(({ productId, quantity }) => {
        const inStock = totalAvailable(stock.filter((level) => level.productId === productId));
        return { productId, requested: quantity, available: inStock };
      });
      const short = totals.filter(({ requested, available }) => requested > available);
      rejected += Math.min(shortages.length, 1);
      expect(new Set(shortages)).toEqual(new Set(short));
      expect(sumUp(allocations)).toEqual(short.length > 0 ? [] : sumUp(wanted));
      for (const { productId, warehouseId, quantity } of allocations) {
        const level = stock.find((each) => each.productId === productId && each.warehouseId === warehouseId)!;
        expect(quantity).toBeGreaterThan(0);
        expect(quantity).toBeLessThanOrEqual(available(level));
      }
    });
    expect(rejected).toBeGreaterThan(50);
    expect(rejected).toBeLessThan(450);
  });

  test('takes a product from one warehouse whenever one has enough of it, and else from as few as can be', () => {
    always((wanted, stock) => {
      const { allocations, shortages } = allocateStock(wanted, stock);
      if (shortages.length > 0) return;
      for (const { productId, quantity } of sumUp(wanted)) {
        const parts = allocations.filter((allocation) => allocation.productId === productId);
        const most = stock
          .filter((level) => level.productId === productId)
          .map(available)
          .toSorted((a, b) => b - a);
        const fewest = most.findIndex(
          (_, at) => most.slice(0, at + 1).reduce((sum, each) => sum + each, 0) >= quantity,
        );
        expect(parts).toHaveLength(fewest + 1);
      }
    });
  });

  test('does not depend on the order in which it hears of warehouses', () => {
    always((wanted, stock) => {
      expect(allocateStock(wanted, stock.toReversed())).toEqual(allocateStock(wanted, stock));
    });
  });
});
