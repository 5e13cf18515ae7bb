import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newId, ProductId } from '#shared-kernel/ids';
import { placedParts, totalQuantities } from '../../../contexts/catalog/domain/explosion.ts';
import { findCycle, type Part, type PartsLists } from '../../../contexts/catalog/domain/parts-list.ts';

describe('parts lists of any shape', () => {
  const ids = Array.from({ length: 8 }, () => newId(ProductId));
  const edges = fc.uniqueArray(fc.tuple(fc.nat(7), fc.nat(7), fc.integer({ min: 1, max: 9 })), {
    maxLength: 20,
    selector: ([from, to]) => `${from} ${to}`,
  });
  const settings = { seed: 1, numRuns: 300 };

  const listsOf = (lines: readonly (readonly [number, number, number])[]): PartsLists =>
    new Map(
      [...Map.groupBy(lines, ([from]) => ids[from]!)].map(([id, own]) => [
        id,
        own.map(([, to, quantity]): Part => ({ productId: ids[to]!, quantity })),
      ]),
    );

  const reach = (from: ProductId, lists: PartsLists): ReadonlySet<ProductId> => {
    const reached = new Set((lists.get(from) ?? []).map(({ productId }) => productId));
    for (const id of reached) for (const part of lists.get(id) ?? []) reached.add(part.productId);
    return reached;
  };

  test('need of each part what all its places need', () => {
    const holds = fc.property(edges, (lines) => {
      const all = listsOf(lines.filter(([from, to]) => from < to));
      const reached = reach(ids[0]!, all);
      const below = new Map([...all].filter(([id]) => id === ids[0] || reached.has(id)));
      const summed = new Map<ProductId, number>();
      for (const { productId, quantity } of placedParts(ids[0]!, 3, below)) {
        summed.set(productId, (summed.get(productId) ?? 0) + quantity);
      }
      expect(totalQuantities(ids[0]!, 3, below)).toEqual(summed);
    });
    fc.assert(holds, settings);
  });

  test('have a cycle, whose every step is a part, or have none', () => {
    const holds = fc.property(edges, (lines) => {
      const lists = listsOf(lines);
      const parts = lists.get(ids[0]!) ?? [];
      const cycle = findCycle(ids[0]!, parts, lists);
      expect(cycle !== undefined).toBe(reach(ids[0]!, lists).has(ids[0]!));
      if (!cycle) return;
      expect([cycle[0], cycle.at(-1)]).toEqual([ids[0], ids[0]]);
      const steps = cycle.slice(1).map((to, at) => lists.get(cycle[at]!)?.some(({ productId }) => productId === to));
      expect(steps.every(Boolean)).toBe(true);
    });
    fc.assert(holds, settings);
  });
});
