import type { Migration } from '../migration.ts';
import { createProducts } from './0001_create_products.ts';
import { createPartsLists } from './0002_create_parts_lists.ts';
import { createSuppliers } from './0003_create_suppliers.ts';

export const migrations: readonly Migration[] = [createProducts, createPartsLists, createSuppliers];
