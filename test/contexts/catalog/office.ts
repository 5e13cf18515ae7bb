import { createCatalog, type ListProduct } from '#contexts/catalog';
import { catalogInMemory } from '#contexts/catalog/in-memory';
import { catalogOnMikroOrm } from '#contexts/catalog/mikro-orm';
import { migrations } from '#migrations/catalog';
import { moneyOf } from '#shared-kernel/money';
import { describeOnEachAdapter, type TestContext } from '../../support/context.ts';

const catalog = { create: createCatalog, inMemory: catalogInMemory, mikroOrm: catalogOnMikroOrm, migrations };

export type Catalog = TestContext<ReturnType<typeof createCatalog>>;

export const describeCatalog = (suite: (open: () => Catalog) => void) =>
  describeOnEachAdapter('the catalogue', catalog, suite);

export const product = (sku: string, more: Partial<ListProduct> = {}): ListProduct => ({
  sku,
  name: `The ${sku}`,
  description: '',
  category: null,
  price: moneyOf('10.00', 'USD'),
  taxClass: 'standard',
  isForSale: true,
  ...more,
});

export const list = ({ as, context }: Catalog, sku: string, more?: Partial<ListProduct>) =>
  as(() => context.commands.listProduct(product(sku, more)));
