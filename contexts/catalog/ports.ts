import type { UnitScope } from '#events/messaging';
import type { ProductId, SupplierId } from '#shared-kernel/ids';
import type { Page, PageRequest } from '#shared-kernel/page';
import type { Part, PartsLists } from './domain/parts-list.ts';
import type { Product, ProductStatus } from './domain/product.ts';
import type { Supplier, Supply } from './domain/supplier.ts';

/** Everything a command of the catalogue may touch inside one transaction. */
export interface CatalogScope extends UnitScope {
  readonly products: ProductRepository;
  readonly partsLists: PartsListRepository;
  readonly suppliers: SupplierRepository;
  readonly supplies: SupplyRepository;
}

export interface ProductRepository {
  /** @throws {ProductNotFound} */
  get(id: ProductId): Promise<Product>;
  find(id: ProductId): Promise<Product | undefined>;
  /** Those of them that are known, at once, in any order. */
  findAll(ids: readonly ProductId[]): Promise<readonly Product[]>;
  list(page: PageRequest, filter: ProductFilter): Promise<Page<Product>>;
  /** @throws {SkuTaken} */
  add(product: Product): Promise<void>;
  save(product: Product): Promise<void>;
}

export interface ProductFilter {
  /** Part of the name or of the sku, in capitals or not. */
  readonly q?: string | undefined;
  readonly status?: ProductStatus | undefined;
  readonly category?: string | undefined;
}

export interface PartsListRepository {
  /** Until the unit of work ends no other one of the tenant gets past this: what is read from here on stays true. */
  hold(): Promise<void>;
  /** Empty for what is not built of anything. */
  get(productId: ProductId): Promise<readonly Part[]>;
  /** The lists of these products, and of everything built into them at any depth. */
  below(productIds: readonly ProductId[]): Promise<PartsLists>;
  /** The assemblies that a product is built into directly, and how many pieces each takes. */
  using(productId: ProductId): Promise<readonly Part[]>;
  save(productId: ProductId, parts: readonly Part[]): Promise<void>;
}

export interface SupplierRepository {
  /** @throws {SupplierNotFound} */
  get(id: SupplierId): Promise<Supplier>;
  find(id: SupplierId): Promise<Supplier | undefined>;
  findAll(ids: readonly SupplierId[]): Promise<readonly Supplier[]>;
  list(page: PageRequest): Promise<Page<Supplier>>;
  /** @throws {AccountNumberTaken} */
  add(supplier: Supplier): Promise<void>;
  save(supplier: Supplier): Promise<void>;
}

export interface SupplyRepository {
  find(supplierId: SupplierId, productId: ProductId): Promise<Supply | undefined>;
  /** Who supplies a product, by supplier. */
  ofProduct(productId: ProductId): Promise<readonly Supply[]>;
  save(supply: Supply): Promise<void>;
  remove(supplierId: SupplierId, productId: ProductId): Promise<void>;
}
