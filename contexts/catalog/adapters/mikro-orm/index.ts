import type { MikroOrmContext } from '#events/messaging/adapters/postgresql/store';
import type { CatalogScope } from '../../ports.ts';
import { MikroOrmPartsLists, PartsListLineRow } from './parts-lists.ts';
import { MikroOrmProducts, ProductRow } from './products.ts';
import { MikroOrmSuppliers, SupplierRow } from './suppliers.ts';
import { MikroOrmSupplies, SupplyRow } from './supplies.ts';

export const catalogOnMikroOrm: MikroOrmContext<CatalogScope> = {
  context: 'catalog',
  entities: [ProductRow, PartsListLineRow, SupplierRow, SupplyRow],
  createScope: (em, unit) => ({
    ...unit,
    products: new MikroOrmProducts(em, unit.tenantId),
    partsLists: new MikroOrmPartsLists(em, unit.tenantId),
    suppliers: new MikroOrmSuppliers(em, unit.tenantId),
    supplies: new MikroOrmSupplies(em, unit.tenantId),
  }),
};
