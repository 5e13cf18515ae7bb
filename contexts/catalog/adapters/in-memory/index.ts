import type { InMemoryContext } from '#events/messaging/adapters/in-memory/store';
import type { CatalogScope } from '../../ports.ts';
import { createPartsLists } from './parts-lists.ts';
import { createProducts } from './products.ts';
import { createSuppliers } from './suppliers.ts';
import { createSupplies } from './supplies.ts';

export const catalogInMemory: InMemoryContext<CatalogScope> = {
  context: 'catalog',
  createScope: (tables, unit) => ({
    ...unit,
    products: createProducts(tables),
    partsLists: createPartsLists(tables),
    suppliers: createSuppliers(tables),
    supplies: createSupplies(tables),
  }),
};
