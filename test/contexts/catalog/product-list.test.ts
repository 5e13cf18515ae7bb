import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ListProducts } from '#contexts/catalog';
import { newId, ProductId } from '#shared-kernel/ids';
import { type Catalog, describeCatalog, list } from './office.ts';

describeCatalog((open) => {
  describe('a list of products', () => {
    const query = ({ as, context }: Catalog, wanted: z.input<typeof ListProducts>) =>
      as(() => context.queries.listProducts(z.decode(ListProducts, wanted)));

    test('comes page by page', async () => {
      const office = open();
      const listed: string[] = [];
      for (const sku of ['A', 'B', 'C']) listed.push(await list(office, sku));
      const first = await query(office, { limit: 2 });
      const rest = await query(office, { limit: 2, after: first.next! });
      expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(listed);
      expect(rest.next).toBeNull();
    });

    test('can be narrowed by words, status and category', async () => {
      const office = open();
      await list(office, 'HL-50', { name: 'Hub 50% light', category: 'Wheels' });
      await list(office, 'HL-500', { name: 'Hub 500', category: 'Wheels' });
      const old = await list(office, 'FR_1', { name: 'Frame', category: 'Frames' });
      await office.as(() => office.context.commands.discontinueProduct({ productId: old }));
      const skus = async (wanted: z.input<typeof ListProducts>) =>
        (await query(office, wanted)).items.map(({ sku }) => sku);
      expect(await skus({ q: 'hub' })).toEqual(['HL-50', 'HL-500']);
      expect(await skus({ q: '50% L' })).toEqual(['HL-50']);
      expect(await skus({ q: 'r_' })).toEqual(['FR_1']);
      expect(await skus({ q: String.raw`\ ' ?` })).toEqual([]);
      expect(await skus({ status: 'discontinued' })).toEqual(['FR_1']);
      expect(await skus({ category: 'Wheels', q: '500' })).toEqual(['HL-500']);
    });

    test('by ids has those that are known, each once', async () => {
      const office = open();
      const [a, b] = [await list(office, 'A'), await list(office, 'B')];
      await list(office, 'C');
      const found = await office.as(() =>
        office.context.queries.listProductsByIds({ ids: [b, a, b, newId(ProductId)] }),
      );
      expect(new Set(found.map(({ sku }) => sku))).toEqual(new Set(['A', 'B']));
      expect(found).toHaveLength(2);
      expect(await office.as(() => office.context.queries.listProductsByIds({ ids: [] }))).toEqual([]);
    });
  });
});
