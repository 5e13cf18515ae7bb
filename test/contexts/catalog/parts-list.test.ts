import { describe, expect, test } from 'vitest';
import { newId, ProductId } from '#shared-kernel/ids';
import { build } from './assembly.ts';
import { type Catalog, describeCatalog, list } from './office.ts';

describeCatalog((open) => {
  describe('a parts list', () => {
    const partsOf = async ({ as, context }: Catalog, productId: ProductId) =>
      (await as(() => context.queries.getPartsList(productId))).parts.map(({ sku, quantity }) => [sku, quantity]);

    test('says what is built in directly, in its own order, and is published whole', async () => {
      const office = open();
      const { idOf, revise } = await build(office, { bike: { wheel: 2, frame: 1 } });
      expect(await partsOf(office, idOf('bike'))).toEqual([
        ['wheel', 2],
        ['frame', 1],
      ]);
      await revise('bike', { frame: 1, wheel: 3 });
      expect(await partsOf(office, idOf('bike'))).toEqual([
        ['frame', 1],
        ['wheel', 3],
      ]);
      const parts = [
        { productId: idOf('frame'), quantity: 1 },
        { productId: idOf('wheel'), quantity: 3 },
      ];
      expect(await office.published()).toEqual([['catalog.PartsListRevised', { productId: idOf('bike'), parts }]]);
    });

    test('that is said again as it is changes nothing', async () => {
      const office = open();
      const { revise } = await build(office, { bike: { wheel: 2, frame: 1 } });
      await revise('bike', { wheel: 2, frame: 1 });
      expect(await office.published()).toEqual([]);
    });

    test('can be emptied', async () => {
      const office = open();
      const { idOf, revise } = await build(office, { bike: { wheel: 2 } });
      await revise('bike', {});
      expect(await partsOf(office, idOf('bike'))).toEqual([]);
      expect(await office.published()).toEqual([['catalog.PartsListRevised', { productId: idOf('bike'), parts: [] }]]);
    });

    test('names each part once', async () => {
      const office = open();
      const { idOf } = await build(office, { bike: { wheel: 2 } });
      const wheel = { productId: idOf('wheel'), quantity: 1 };
      const twice = office.as(() =>
        office.context.commands.revisePartsList({ productId: idOf('bike'), parts: [wheel, wheel] }),
      );
      await expect(twice).rejects.toMatchObject({ code: 'catalog.part-listed-twice' });
    });

    test('is of products only, for a product only', async () => {
      const office = open();
      const { idOf } = await build(office, { bike: {} });
      const stranger = newId(ProductId);
      const revise = (productId: ProductId, part: ProductId) =>
        office.as(() =>
          office.context.commands.revisePartsList({ productId, parts: [{ productId: part, quantity: 1 }] }),
        );
      await expect(revise(idOf('bike'), stranger)).rejects.toMatchObject({ code: 'catalog.part-unknown' });
      await expect(revise(stranger, idOf('bike'))).rejects.toMatchObject({ code: 'catalog.product-not-found' });
      const views = [
        office.as(() => office.context.queries.getPartsList(stranger)),
        office.as(() => office.context.queries.explodePartsList({ productId: stranger, quantity: 1 })),
        office.as(() => office.context.queries.whereUsed(stranger)),
      ];
      await Promise.all(views.map((view) => expect(view).rejects.toMatchObject({ code: 'catalog.product-not-found' })));
    });

    test('keeps a part that is discontinued, but takes none in', async () => {
      const office = open();
      const { idOf, revise } = await build(office, { bike: { wheel: 2 }, trike: {}, bell: {} });
      await office.as(() => office.context.commands.discontinueProduct({ productId: idOf('wheel') }));
      await revise('bike', { wheel: 2, bell: 1 });
      await expect(revise('trike', { wheel: 3 })).rejects.toMatchObject({ code: 'catalog.part-discontinued' });
    });

    test('in which a product would be built of itself is refused, and the way is named', async () => {
      const office = open();
      const { idOf, revise } = await build(office, {
        bike: { wheel: 2 },
        wheel: { hub: 1, rim: 1 },
        hub: { axle: 1 },
        axle: {},
      });
      await expect(revise('axle', { axle: 1 })).rejects.toMatchObject({ details: { skus: ['axle', 'axle'] } });
      await expect(revise('axle', { rim: 1, bike: 1 })).rejects.toMatchObject({
        code: 'catalog.parts-list-cycle',
        message: 'nothing can be built of itself: axle > bike > wheel > hub > axle',
        details: { path: ['axle', 'bike', 'wheel', 'hub', 'axle'].map(idOf) },
      });
      expect(await partsOf(office, idOf('axle'))).toEqual([]);
      expect(await office.published()).toEqual([]);
    });

    test('may take in what it was part of, once it no longer is', async () => {
      const office = open();
      const { revise } = await build(office, { a: { b: 1 }, b: {} });
      await expect(revise('b', { a: 1 })).rejects.toMatchObject({ code: 'catalog.parts-list-cycle' });
      await revise('a', {});
      await revise('b', { a: 1 });
    });

    test('makes no cycle together with one that is revised at the same time', async () => {
      const office = open();
      const ring = ['a', 'b', 'c', 'd', 'e', 'f'];
      const { revise, explode } = await build(office, Object.fromEntries(ring.map((sku) => [sku, {}])));
      const all = await Promise.allSettled(ring.map((sku, at) => revise(sku, { [ring[(at + 1) % ring.length]!]: 1 })));
      const refused = all.filter((one) => one.status === 'rejected').map(({ reason }) => reason);
      expect(refused).toHaveLength(1);
      expect(refused[0]).toMatchObject({ code: 'catalog.parts-list-cycle' });
      for (const sku of ring) expect((await explode(sku)).totals.length).toBeLessThan(ring.length);
    });

    test('tells where a product is used directly', async () => {
      const office = open();
      const { idOf } = await build(office, { bike: { wheel: 2 }, trike: { wheel: 3 }, wheel: { hub: 1 } });
      const used = await office.as(() => office.context.queries.whereUsed(idOf('wheel')));
      expect(used.assemblies.map(({ sku, quantity }) => [sku, quantity])).toEqual([
        ['bike', 2],
        ['trike', 3],
      ]);
      expect((await office.as(() => office.context.queries.whereUsed(idOf('bike')))).assemblies).toEqual([]);
    });

    test('of another tenant is out of sight', async () => {
      const [one, other] = [open(), open()];
      const productId = newId(ProductId);
      for (const office of [one, other]) await list(office, 'bike', { productId });
      const partId = newId(ProductId);
      for (const office of [one, other]) await list(office, 'wheel', { productId: partId });
      const parts = [{ productId: partId, quantity: 2 }];
      await one.as(() => one.context.commands.revisePartsList({ productId, parts }));
      expect(await partsOf(other, productId)).toEqual([]);
      expect((await other.as(() => other.context.queries.whereUsed(partId))).assemblies).toEqual([]);
      expect(await other.as(() => other.context.queries.explodePartsList({ productId, quantity: 1 }))).toMatchObject({
        totals: [],
        tree: [],
      });
    });
  });
});
