import type { ContextStore } from '#events/messaging';
import { bindTo } from '#shared-kernel/unit-of-work';
import { agreeSupply } from './commands/agree-supply.ts';
import { discontinueProduct } from './commands/discontinue-product.ts';
import { endSupply } from './commands/end-supply.ts';
import { listProduct } from './commands/list-product.ts';
import { registerSupplier } from './commands/register-supplier.ts';
import { revisePartsList } from './commands/revise-parts-list.ts';
import { reviseProduct } from './commands/revise-product.ts';
import { reviseSupplier } from './commands/revise-supplier.ts';
import { setSpecifications } from './commands/set-specifications.ts';
import type { CatalogScope } from './ports.ts';
import { explodePartsList } from './queries/explode-parts-list.ts';
import { getPartsList } from './queries/get-parts-list.ts';
import { getProduct } from './queries/get-product.ts';
import { getSupplier } from './queries/get-supplier.ts';
import { listProductsByIds } from './queries/list-products-by-ids.ts';
import { listProducts } from './queries/list-products.ts';
import { listSuppliers } from './queries/list-suppliers.ts';
import { listSuppliesOf } from './queries/list-supplies-of.ts';
import { whereUsed } from './queries/where-used.ts';

export { AgreeSupply } from './commands/agree-supply.ts';
export { DiscontinueProduct } from './commands/discontinue-product.ts';
export { EndSupply } from './commands/end-supply.ts';
export { ListProduct } from './commands/list-product.ts';
export { RegisterSupplier } from './commands/register-supplier.ts';
export { RevisePartsList } from './commands/revise-parts-list.ts';
export { ReviseProduct } from './commands/revise-product.ts';
export { ReviseSupplier } from './commands/revise-supplier.ts';
export { SetSpecifications } from './commands/set-specifications.ts';
export { ExplodePartsList, PartsExplosionView } from './queries/explode-parts-list.ts';
export { PartsListView } from './queries/get-parts-list.ts';
export { ListProductsByIds } from './queries/list-products-by-ids.ts';
export { ListProducts } from './queries/list-products.ts';
export { ListSuppliers } from './queries/list-suppliers.ts';
export { SupplyView } from './queries/list-supplies-of.ts';
export { ProductView } from './queries/product-view.ts';
export { SupplierView } from './queries/supplier-view.ts';
export { WhereUsedView } from './queries/where-used.ts';
export type { CatalogScope } from './ports.ts';

/** What the company builds: products, the parts they are built of, and who supplies those. */
export function createCatalog(store: ContextStore<CatalogScope>) {
  const inUnitOfWork = bindTo(store.unitOfWork);
  const reading = bindTo(store.reading);
  return {
    commands: {
      listProduct: inUnitOfWork(listProduct),
      reviseProduct: inUnitOfWork(reviseProduct),
      discontinueProduct: inUnitOfWork(discontinueProduct),
      setSpecifications: inUnitOfWork(setSpecifications),
      revisePartsList: inUnitOfWork(revisePartsList),
      registerSupplier: inUnitOfWork(registerSupplier),
      reviseSupplier: inUnitOfWork(reviseSupplier),
      agreeSupply: inUnitOfWork(agreeSupply),
      endSupply: inUnitOfWork(endSupply),
    },
    queries: {
      getProduct: reading(getProduct),
      listProducts: reading(listProducts),
      listProductsByIds: reading(listProductsByIds),
      getPartsList: reading(getPartsList),
      explodePartsList: reading(explodePartsList),
      whereUsed: reading(whereUsed),
      getSupplier: reading(getSupplier),
      listSuppliers: reading(listSuppliers),
      listSuppliesOf: reading(listSuppliesOf),
    },
    subscribers: [],
    executors: [],
  };
}
