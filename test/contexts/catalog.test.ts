import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  AgreeSupply,
  createCatalog,
  ExplodePartsList,
  ListProduct,
  ListProducts,
  type PartsExplosionView,
  ProductView,
  type RegisterSupplier,
  type ReviseProduct,
  type SetSpecifications,
} from '#contexts/catalog';
import { catalogInMemory } from '#contexts/catalog/in-memory';
import { catalogOnMikroOrm } from '#contexts/catalog/mikro-orm';
import { migrations } from '#migrations/catalog';
import { newId, ProductId, SupplierId } from '#shared-kernel/ids';
import { moneyOf } from '#shared-kernel/money';
import { placedParts, totalQuantities } from '../../contexts/catalog/domain/explosion.ts';
import { findCycle, type Part, type PartsLists } from '../../contexts/catalog/domain/parts-list.ts';
import { describeOnEachAdapter, type TestContext } from '../support/context.ts';

const catalog = { create: createCatalog, inMemory: catalogInMemory, mikroOrm: catalogOnMikroOrm, migrations };

const product = (sku: string, more: Partial<ListProduct> = {}): ListProduct => ({
  sku,
  name: `The ${sku}`,
  description: '',
  category: null,
  price: moneyOf('10.00', 'USD'),
  taxClass: 'standard',
  isForSale: true,
  ...more,
});

const supplier = (more: Partial<RegisterSupplier> = {}): RegisterSupplier => ({
  name: 'Litware',
  accountNumber: null,
  creditRating: null,
  isActive: true,
  url: null,
  ...more,
});

describeOnEachAdapter('the catalogue', catalog, (open) => {
  type Catalog = TestContext<ReturnType<typeof createCatalog>>;

  const list = ({ as, context }: Catalog, sku: string, more?: Partial<ListProduct>) =>
    as(() => context.commands.listProduct(product(sku, more)));

  const get = ({ as, context }: Catalog, id: ProductId) => as(() => context.queries.getProduct(id));

  const typesPublished = async ({ published }: Catalog) => (await published()).map(([type]) => type);

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

  describe('a parts list', () => {
    type Parts = Readonly<Record<string, number>>;

    /** Lists what is named, then says of each what it is built of. */
    async function build(office: Catalog, lists: Readonly<Record<string, Parts>>) {
      const skus = new Set(Object.entries(lists).flatMap(([assembly, parts]) => [assembly, ...Object.keys(parts)]));
      const ids = new Map<string, ProductId>();
      for (const sku of skus) ids.set(sku, await list(office, sku));
      const idOf = (sku: string) => ids.get(sku)!;
      const revise = (assembly: string, parts: Parts) =>
        office.as(() =>
          office.context.commands.revisePartsList({
            productId: idOf(assembly),
            parts: Object.entries(parts).map(([sku, quantity]) => ({ productId: idOf(sku), quantity })),
          }),
        );
      for (const [assembly, parts] of Object.entries(lists)) await revise(assembly, parts);
      await office.published();
      const explode = (sku: string, quantity = 1) =>
        office.as(() => office.context.queries.explodePartsList({ productId: idOf(sku), quantity }));
      return { idOf, revise, explode };
    }

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

  describe('a supplier', () => {
    const register = ({ as, context }: Catalog, more?: Partial<RegisterSupplier>) =>
      as(() => context.commands.registerSupplier(supplier(more)));

    const getSupplier = ({ as, context }: Catalog, id: SupplierId) => as(() => context.queries.getSupplier(id));

    test('is registered once under an id, and published', async () => {
      const office = open();
      const supplierId = newId(SupplierId);
      const said = { name: 'Wide World', accountNumber: 'WIDE0001', creditRating: 2, url: 'www.example.com/' };
      await register(office, { supplierId, ...said });
      await register(office, { supplierId, ...said });
      expect(await getSupplier(office, supplierId)).toEqual({ ...supplier(said), id: supplierId });
      expect(await office.published()).toEqual([['catalog.SupplierRegistered', { supplierId, name: 'Wide World' }]]);
    });

    test('that nobody registered is not found', async () => {
      await expect(getSupplier(open(), newId(SupplierId))).rejects.toMatchObject({
        code: 'catalog.supplier-not-found',
      });
    });

    test('may be without an account number, but has none of another', async () => {
      const office = open();
      await register(office);
      await register(office);
      await register(office, { accountNumber: 'A1' });
      await expect(register(office, { accountNumber: 'A1' })).rejects.toMatchObject({
        code: 'catalog.account-number-taken',
        details: { accountNumber: 'A1' },
      });
    });

    test('is revised in what is given', async () => {
      const office = open();
      const supplierId = await register(office, { creditRating: 3, url: 'www.example.com/' });
      await office.as(() => office.context.commands.reviseSupplier({ supplierId, isActive: false, url: null }));
      expect(await getSupplier(office, supplierId)).toMatchObject({ isActive: false, url: null, creditRating: 3 });
    });

    test('is listed page by page', async () => {
      const office = open();
      const registered = [await register(office), await register(office), await register(office)];
      const first = await office.as(() => office.context.queries.listSuppliers({ limit: 2 }));
      const after = first.items.at(-1)!.id;
      expect(first.next).toBe(after);
      const rest = await office.as(() => office.context.queries.listSuppliers({ limit: 2, after }));
      expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(registered);
    });

    describe('supplies a product', () => {
      const terms = { price: moneyOf('47.87', 'USD'), leadTimeDays: 17, minOrderQuantity: 1, maxOrderQuantity: 5 };

      async function supplying(office: Catalog) {
        const [supplierId, productId] = [await register(office), await list(office, 'bolt')];
        const agree = (more: Partial<AgreeSupply> = {}) =>
          office.as(() =>
            office.context.commands.agreeSupply({ supplierId, productId, unit: 'CTN', ...terms, ...more }),
          );
        const supplies = () => office.as(() => office.context.queries.listSuppliesOf(productId));
        const end = () => office.as(() => office.context.commands.endSupply({ supplierId, productId }));
        await office.published();
        return { supplierId, productId, agree, supplies, end };
      }

      test('on the terms that were agreed last, each told once', async () => {
        const office = open();
        const { supplierId, productId, agree, supplies } = await supplying(office);
        await agree({ leadTimeDays: 30 });
        await agree();
        await agree();
        const agreed = { supplierId, supplierName: 'Litware', productId, unit: 'CTN', ...terms };
        expect(await supplies()).toEqual([agreed]);
        const { price } = terms;
        expect(await office.published()).toEqual([
          ['catalog.SupplyAgreed', { supplierId, productId, price, leadTimeDays: 30 }],
          ['catalog.SupplyAgreed', { supplierId, productId, price, leadTimeDays: 17 }],
        ]);
      });

      test('on one set of terms, however many agree at the same time', async () => {
        const office = open();
        const { agree, supplies } = await supplying(office);
        await Promise.all([1, 2, 3, 4].map((leadTimeDays) => agree({ leadTimeDays })));
        expect(await supplies()).toHaveLength(1);
        expect(await office.published()).toHaveLength(4);
      });

      test('until the supply is ended, which may be said twice', async () => {
        const { agree, supplies, end } = await supplying(open());
        await agree();
        await end();
        await end();
        expect(await supplies()).toEqual([]);
        await agree();
        expect(await supplies()).toHaveLength(1);
      });

      test('only if both are known', async () => {
        const { agree } = await supplying(open());
        await expect(agree({ supplierId: newId(SupplierId) })).rejects.toMatchObject({
          code: 'catalog.supplier-not-found',
        });
        await expect(agree({ productId: newId(ProductId) })).rejects.toMatchObject({
          code: 'catalog.product-not-found',
        });
      });
    });
  });
});

describe('what comes into the catalogue', () => {
  const wire = { sku: 'BK-1', name: 'Bike', price: { amount: '19.99', currency: 'USD' }, isForSale: true };
  const listing = { ...wire, taxClass: 'standard' as const };

  test('is read from JSON, with money in decimals', () => {
    expect(z.decode(ListProduct, listing)).toMatchObject({ price: moneyOf('19.99', 'USD'), description: '' });
    expect(z.decode(ExplodePartsList, { productId: newId(ProductId), quantity: '7' })).toMatchObject({ quantity: 7 });
  });

  test('is refused when it is not text that can be kept, when it is too long, or when a field is unknown', () => {
    const refused = [
      { ...listing, description: 'a\0b' },
      { ...listing, description: 'x'.repeat(4001) },
      { ...listing, price: { amount: '-1', currency: 'USD' } },
      { ...listing, status: 'discontinued' },
    ];
    for (const one of refused) expect(ListProduct.safeParse(one).success).toBe(false);
    expect(ListProducts.safeParse({ after: 'not an id' }).success).toBe(false);
  });

  test('has order quantities that can be met', () => {
    const [supplierId, productId] = [newId(SupplierId), newId(ProductId)];
    const supply = { supplierId, productId, price: wire.price, leadTimeDays: 1, minOrderQuantity: 5 };
    expect(AgreeSupply.safeParse({ ...supply, maxOrderQuantity: 4 }).success).toBe(false);
    expect(AgreeSupply.safeParse({ ...supply, maxOrderQuantity: 5 }).success).toBe(true);
  });

  test('leaves as JSON', () => {
    const decoded = z.decode(ListProduct, listing);
    const view = { ...decoded, id: newId(ProductId), specifications: [], status: 'listed' as const };
    expect(z.encode(ProductView, view)).toMatchObject({ price: { amount: '19.99', currency: 'USD' } });
  });
});

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
