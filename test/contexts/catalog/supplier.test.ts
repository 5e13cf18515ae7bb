import { describe, expect, test } from 'vitest';
import type { AgreeSupply, RegisterSupplier } from '#contexts/catalog';
import { newId, ProductId, SupplierId } from '#shared-kernel/ids';
import { moneyOf } from '#shared-kernel/money';
import { type Catalog, describeCatalog, list } from './office.ts';

const supplier = (more: Partial<RegisterSupplier> = {}): RegisterSupplier => ({
  name: 'Litware',
  accountNumber: null,
  creditRating: null,
  isActive: true,
  url: null,
  ...more,
});

describeCatalog((open) => {
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
