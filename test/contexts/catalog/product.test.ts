import { describe, expect, test } from 'vitest';
import type { ReviseProduct, SetSpecifications } from '#contexts/catalog';
import { newId, ProductId } from '#shared-kernel/ids';
import { moneyOf } from '#shared-kernel/money';
import { typesPublished } from '../../support/context.ts';
import { type Catalog, describeCatalog, list, product } from './office.ts';

const get = ({ as, context }: Catalog, id: ProductId) => as(() => context.queries.getProduct(id));

describeCatalog((open) => {
  describe('a product', () => {
    test('is listed with all that is said of it, and published', async () => {
      const office = open();
      const said = { description: 'Two wheels.', category: 'Road Bikes', price: moneyOf('1457.9950', 'USD') };
      const productId = await list(office, 'BK-1', said);
      expect(await get(office, productId)).toEqual({
        ...product('BK-1', said),
        id: productId,
        specifications: [],
        status: 'listed',
      });
      const { category: _category, ...learned } = product('BK-1', said);
      expect(await office.published()).toEqual([['catalog.ProductListed', { productId, ...learned }]]);
    });

    test('that nobody listed is not found', async () => {
      await expect(get(open(), newId(ProductId))).rejects.toMatchObject({ code: 'catalog.product-not-found' });
    });

    test('with the sku of another one is refused, by the sku', async () => {
      const office = open();
      await list(office, 'BK-1');
      await office.published();
      await expect(list(office, 'BK-1')).rejects.toMatchObject({
        code: 'catalog.sku-taken',
        details: { sku: 'BK-1' },
      });
      expect(await office.published()).toEqual([]);
    });

    test('gets a sku once, however many ask for it at the same time', async () => {
      const office = open();
      const all = await Promise.allSettled(Array.from({ length: 8 }, () => list(office, 'BK-1')));
      const refused = all.filter((one) => one.status === 'rejected').map(({ reason }) => reason);
      expect(refused).toHaveLength(7);
      for (const reason of refused) expect(reason).toMatchObject({ code: 'catalog.sku-taken' });
      expect(await typesPublished(office)).toEqual(['catalog.ProductListed']);
    });

    test('may have the sku that another tenant uses', async () => {
      const [one, other] = [open(), open()];
      const id = await list(one, 'BK-1');
      await list(other, 'BK-1');
      await expect(get(other, id)).rejects.toMatchObject({ code: 'catalog.product-not-found' });
    });

    test('that is listed again under its id changes nothing', async () => {
      const office = open();
      const productId = newId(ProductId);
      expect(await list(office, 'BK-1', { productId })).toBe(productId);
      expect(await list(office, 'BK-1', { productId })).toBe(productId);
      expect(await typesPublished(office)).toEqual(['catalog.ProductListed']);
    });

    test('is listed once under its id, however many list it at the same time', async () => {
      const office = open();
      const productId = newId(ProductId);
      const all = await Promise.all(Array.from({ length: 8 }, () => list(office, 'BK-1', { productId })));
      expect(new Set(all)).toEqual(new Set([productId]));
      expect(await typesPublished(office)).toEqual(['catalog.ProductListed']);
    });

    test('that is listed again under its id with other data is refused', async () => {
      const office = open();
      const productId = await list(office, 'BK-1');
      await expect(list(office, 'BK-1', { productId, name: 'Another' })).rejects.toMatchObject({
        code: 'catalog.listed-otherwise',
      });
    });

    test('is revised in what is given, and published as it is now', async () => {
      const office = open();
      const productId = await list(office, 'BK-1', { description: 'Old.', category: 'Bikes' });
      await office.published();
      const price = moneyOf('12.5', 'USD');
      await office.as(() => office.context.commands.reviseProduct({ productId, price, category: null }));
      expect(await get(office, productId)).toMatchObject({ price, description: 'Old.', category: null });
      expect(await office.published()).toMatchObject([
        ['catalog.ProductRevised', { productId, sku: 'BK-1', name: 'The BK-1', description: 'Old.', price }],
      ]);
    });

    test('of which nothing new is said is not published again', async () => {
      const office = open();
      const productId = await list(office, 'BK-1');
      await office.published();
      const same = { productId, name: 'The BK-1', price: moneyOf('10', 'USD'), description: undefined };
      await office.as(() => office.context.commands.reviseProduct(same));
      expect(await office.published()).toEqual([]);
    });

    test('that is revised by many at once keeps what each of them said', async () => {
      const office = open();
      const productId = await list(office, 'BK-1');
      const revise = (revision: Omit<ReviseProduct, 'productId'>) =>
        office.as(() => office.context.commands.reviseProduct({ productId, ...revision }));
      await Promise.all([
        revise({ name: 'New' }),
        revise({ description: 'New.' }),
        revise({ isForSale: false }),
        revise({ taxClass: 'reduced' }),
      ]);
      const now = { name: 'New', description: 'New.', isForSale: false, taxClass: 'reduced' };
      expect(await get(office, productId)).toMatchObject(now);
      expect((await office.published()).at(-1)).toMatchObject(['catalog.ProductRevised', now]);
    });

    test('is discontinued once, is not for sale any more, and is not revised', async () => {
      const office = open();
      const productId = await list(office, 'BK-1');
      const discontinue = () => office.as(() => office.context.commands.discontinueProduct({ productId }));
      await discontinue();
      await discontinue();
      expect(await get(office, productId)).toMatchObject({ status: 'discontinued', isForSale: false });
      const revising = office.as(() => office.context.commands.reviseProduct({ productId, name: 'Back' }));
      await expect(revising).rejects.toMatchObject({ code: 'catalog.product-discontinued' });
      expect(await typesPublished(office)).toEqual(['catalog.ProductListed', 'catalog.ProductDiscontinued']);
    });

    test('that is discontinued may be listed again by an import, and stays discontinued', async () => {
      const office = open();
      const productId = await list(office, 'BK-1');
      await office.as(() => office.context.commands.discontinueProduct({ productId }));
      await list(office, 'BK-1', { productId });
      expect(await get(office, productId)).toMatchObject({ status: 'discontinued' });
    });

    test('has the specifications that were set last, and nobody is told', async () => {
      const office = open();
      const productId = await list(office, 'BK-1');
      await office.published();
      const set = (specifications: SetSpecifications['specifications']) =>
        office.as(() => office.context.commands.setSpecifications({ productId, specifications }));
      await set([{ name: 'Colour', value: 'red', unit: null }]);
      await set([{ name: 'Weight', value: '2.68', unit: 'kg' }]);
      expect((await get(office, productId)).specifications).toEqual([{ name: 'Weight', value: '2.68', unit: 'kg' }]);
      expect(await office.published()).toEqual([]);
    });
  });
});
