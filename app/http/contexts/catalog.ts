import { z } from 'zod';
import {
  AgreeSupply,
  type createCatalog,
  DiscontinueProduct,
  EndSupply,
  ExplodePartsList,
  ListProduct,
  ListProducts,
  ListProductsByIds,
  ListSuppliers,
  PartsExplosionView,
  PartsListView,
  ProductView,
  RegisterSupplier,
  RevisePartsList,
  ReviseProduct,
  ReviseSupplier,
  SetSpecifications,
  SupplierView,
  SupplyView,
  WhereUsedView,
} from '#contexts/catalog';
import { ProductId, SupplierId } from '#shared-kernel/ids';
import { act, change, create, type Endpoint, get, lookUp, remove, replace } from '../endpoint.ts';
import { Made, made, pageOf } from './shapes.ts';

type Catalog = ReturnType<typeof createCatalog>;

const byProduct = { input: z.strictObject({ id: ProductId }) };
const ofProduct = { rename: { id: 'productId' } };

export const catalogEndpoints = (catalog: Catalog): Endpoint[] => [
  ...products(catalog),
  ...partsLists(catalog),
  ...suppliers(catalog),
];

const products = ({ commands, queries }: Catalog): Endpoint[] => [
  create('/products', 'catalog.listProduct', {
    summary: 'Take a product, or a part, into the catalogue',
    input: ListProduct,
    example: {
      sku: 'ML-CABRIOLET',
      name: 'Cabriolet',
      description: 'The roadster, with a roof for the rain.',
      category: 'Cars',
      price: { amount: '45990.00', currency: 'USD' },
      taxClass: 'standard',
      isForSale: true,
    },
    run: commands.listProduct,
    output: Made,
    respond: made,
  }),
  get('/products', 'catalog.listProducts', {
    summary: 'Products, page by page; searched by text, of one status or category',
    input: ListProducts,
    run: queries.listProducts,
    output: pageOf(ProductView),
  }),
  lookUp('/products/by-ids', 'catalog.listProductsByIds', {
    summary: 'Up to a thousand products at once',
    input: ListProductsByIds,
    run: queries.listProductsByIds,
    output: z.array(ProductView).readonly(),
  }),
  get('/products/{id}', 'catalog.getProduct', {
    summary: 'All that is said of a product',
    ...byProduct,
    run: ({ id }) => queries.getProduct(id),
    output: ProductView,
  }),
  change('/products/{id}', 'catalog.reviseProduct', {
    summary: 'Change what is said of a product: only what is given',
    input: ReviseProduct,
    ...ofProduct,
    run: commands.reviseProduct,
  }),
  act('/products/{id}/discontinue', 'catalog.discontinueProduct', {
    summary: 'Offer a product no longer',
    input: DiscontinueProduct,
    ...ofProduct,
    run: commands.discontinueProduct,
  }),
  replace('/products/{id}/specifications', 'catalog.setSpecifications', {
    summary: 'Say anew what a product is specified as',
    input: SetSpecifications,
    ...ofProduct,
    run: commands.setSpecifications,
  }),
];

const partsLists = ({ commands, queries }: Catalog): Endpoint[] => [
  replace('/products/{id}/parts-list', 'catalog.revisePartsList', {
    summary: 'Say anew what an assembly is built of',
    input: RevisePartsList,
    ...ofProduct,
    run: commands.revisePartsList,
  }),
  get('/products/{id}/parts-list', 'catalog.getPartsList', {
    summary: 'What a product is built of, directly',
    ...byProduct,
    run: ({ id }) => queries.getPartsList(id),
    output: PartsListView,
  }),
  get('/products/{id}/parts-list/explosion', 'catalog.explodePartsList', {
    summary: 'Everything that so many pieces of a product take, at any depth',
    input: ExplodePartsList,
    ...ofProduct,
    run: queries.explodePartsList,
    output: PartsExplosionView,
  }),
  get('/products/{id}/where-used', 'catalog.whereUsed', {
    summary: 'What a part is built into, directly',
    ...byProduct,
    run: ({ id }) => queries.whereUsed(id),
    output: WhereUsedView,
  }),
];

const suppliers = ({ commands, queries }: Catalog): Endpoint[] => [
  create('/suppliers', 'catalog.registerSupplier', {
    summary: 'Register somebody who may supply parts',
    input: RegisterSupplier,
    run: commands.registerSupplier,
    output: Made,
    respond: made,
  }),
  get('/suppliers', 'catalog.listSuppliers', {
    summary: 'Suppliers, page by page',
    input: ListSuppliers,
    run: queries.listSuppliers,
    output: pageOf(SupplierView),
  }),
  get('/suppliers/{id}', 'catalog.getSupplier', {
    summary: 'One supplier',
    input: z.strictObject({ id: SupplierId }),
    run: ({ id }) => queries.getSupplier(id),
    output: SupplierView,
  }),
  change('/suppliers/{id}', 'catalog.reviseSupplier', {
    summary: 'Change what is known of a supplier: only what is given',
    input: ReviseSupplier,
    rename: { id: 'supplierId' },
    run: commands.reviseSupplier,
  }),
  act('/supplies', 'catalog.agreeSupply', {
    summary: 'Agree with a supplier on the terms for a part, in place of those before',
    input: AgreeSupply,
    run: commands.agreeSupply,
  }),
  get('/products/{id}/supplies', 'catalog.listSuppliesOf', {
    summary: 'Who supplies a part, and on which terms',
    ...byProduct,
    run: ({ id }) => queries.listSuppliesOf(id),
    output: z.array(SupplyView).readonly(),
  }),
  remove('/products/{id}/supplies/{supplierId}', 'catalog.endSupply', {
    summary: 'End what was agreed with a supplier on a part',
    input: EndSupply,
    ...ofProduct,
    run: commands.endSupply,
  }),
];
