import { describe, expect, test } from 'vitest';
import type { PartsExplosionView } from '#contexts/catalog';
import { build } from './assembly.ts';
import { describeCatalog } from './office.ts';

describeCatalog((open) => {
  describe('a parts list', () => {
    describe('exploded', () => {
      const totalsOf = ({ totals }: PartsExplosionView) =>
        Object.fromEntries(totals.map(({ sku, quantity }) => [sku, quantity]));

      test('adds up a part over all the ways it is built in, at any depth', async () => {
        const office = open();
        const { explode } = await build(office, {
          bike: { wheel: 2, frame: 1, bolt: 4 },
          wheel: { hub: 1, spoke: 32, bolt: 2 },
          frame: { tube: 3, bolt: 5 },
          hub: { bolt: 6, axle: 1 },
        });
        expect(totalsOf(await explode('bike', 10))).toEqual({
          axle: 20,
          bolt: 10 * (4 + 2 * (2 + 6) + 5),
          frame: 10,
          hub: 20,
          spoke: 640,
          tube: 30,
          wheel: 20,
        });
      });

      test('is a tree: each part right below what it is built into', async () => {
        const office = open();
        const { explode } = await build(office, { bike: { wheel: 2, bolt: 4 }, wheel: { hub: 1 }, hub: { bolt: 6 } });
        const { tree, isTreeCut } = await explode('bike', 5);
        expect(tree.map((part) => [part.level, part.sku, part.quantityPer, part.quantity, part.isAssembly])).toEqual([
          [1, 'wheel', 2, 10, true],
          [2, 'hub', 1, 10, true],
          [3, 'bolt', 6, 60, false],
          [1, 'bolt', 4, 20, false],
        ]);
        expect(isTreeCut).toBe(false);
      });

      test('is empty for a part that is bought', async () => {
        const office = open();
        const { explode } = await build(office, { bolt: {} });
        expect(await explode('bolt')).toMatchObject({ totals: [], tree: [] });
      });

      test('counts exactly or not at all', async () => {
        const office = open();
        const { explode } = await build(office, {
          a: { b: 1_000_000 },
          b: { c: 1_000_000 },
          c: { d: 9_007 },
        });
        expect(totalsOf(await explode('a'))).toEqual({ b: 1_000_000, c: 10 ** 12, d: 9_007 * 10 ** 12 });
        await expect(explode('a', 2)).rejects.toMatchObject({ code: 'catalog.quantity-too-large' });
      });

      test('of very many ways down ends its tree early, and still counts them all', async () => {
        const office = open();
        const levels = Array.from({ length: 16 }, (_, level) => level);
        const { explode } = await build(
          office,
          Object.fromEntries(
            levels.flatMap((level) =>
              ['l', 'r'].map((side) => [`${side}${level}`, { [`l${level + 1}`]: 1, [`r${level + 1}`]: 1 }]),
            ),
          ),
        );
        const { tree, isTreeCut, ...exploded } = await explode('l0');
        expect([tree.length, isTreeCut]).toEqual([10_000, true]);
        expect(totalsOf(exploded as PartsExplosionView)).toMatchObject({ l16: 2 ** 15, r16: 2 ** 15 });
      });
    });
  });
});
