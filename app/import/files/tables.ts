import { z } from 'zod';
import { CountryCode } from '#shared-kernel/address';
import { Sku } from '#shared-kernel/product';
import { text } from '#shared-kernel/text';
import { BULK, CSV, TSV } from './formats.ts';
import type { Table } from './table.ts';
import { blankOr, Discount, Dollars, flag, Key, Moment, Pieces, wholeNumber } from './values.ts';

/** The files of AdventureWorks that are read, and of each the fields that are used. */

const csv = <Shape extends z.ZodRawShape>(kind: string, file: string, shape: Shape) =>
  ({ kind, file, format: CSV, schema: z.object(shape) }) satisfies Table;

/** Without a header: the columns' names are given here, in their order. */
const tsv = <Shape extends z.ZodRawShape>(kind: string, file: string, columns: string, shape: Shape) =>
  ({ kind, file, format: TSV, columns: columns.split(' '), schema: z.object(shape) }) satisfies Table;

const oneZero = flag('1', '0');
const trueFalse = flag('t', 'f');

export const products = csv('products', 'product.csv', {
  productid: Key,
  name: text(200),
  productnumber: Sku,
  finishedgoodsflag: trueFalse,
  listprice: Dollars,
  productsubcategoryid: blankOr(Key),
  productmodelid: blankOr(Key),
  color: blankOr(text(100)),
  weight: blankOr(text(100)),
  weightunitmeasurecode: blankOr(text(20)),
  class: blankOr(text(100)),
  productline: blankOr(text(100)),
});

export const categories = csv('categories', 'productcategory.csv', { productcategoryid: Key, name: text(40) });

export const subcategories = csv('subcategories', 'productsubcategory.csv', {
  productsubcategoryid: Key,
  productcategoryid: Key,
  name: text(40),
});

export const models = {
  ...tsv('models', 'ProductModel.tsv', 'id name catalogXml instructionsXml rowguid modified', {
    id: Key,
    name: text(200),
  }),
  format: BULK,
};

export const descriptions = tsv('descriptions', 'ProductDescription.tsv', 'id text rowguid modified', {
  id: Key,
  text: text(4000),
});

export const translations = tsv(
  'translations',
  'ProductModelProductDescriptionCulture.tsv',
  'modelId descriptionId culture modified',
  { modelId: Key, descriptionId: Key, culture: z.string().trim() },
);

export const parts = tsv(
  'parts',
  'BillOfMaterials.tsv',
  'id assemblyProductId componentProductId start end unit level quantityPerAssembly modified',
  {
    id: Key,
    assemblyProductId: blankOr(Key),
    componentProductId: Key,
    end: blankOr(Moment),
    quantityPerAssembly: Pieces,
  },
);

export const suppliers = tsv(
  'suppliers',
  'Vendor.tsv',
  'businessEntityId accountNumber name creditRating preferred active url modified',
  {
    businessEntityId: Key,
    accountNumber: text(50),
    name: text(200),
    creditRating: wholeNumber(1, 5),
    active: oneZero,
    url: blankOr(text(500)),
  },
);

const supplyColumns = tsv(
  'supplies',
  'ProductVendor.tsv',
  'productId businessEntityId leadTimeDays standardPrice lastReceiptCost lastReceiptDate minOrderQty maxOrderQty onOrderQty unit modified',
  {
    productId: Key,
    businessEntityId: Key,
    leadTimeDays: wholeNumber(0, 3650),
    standardPrice: Dollars,
    minOrderQty: Pieces,
    maxOrderQty: Pieces,
    unit: text(20),
  },
);

export const supplies = {
  ...supplyColumns,
  schema: supplyColumns.schema.refine(({ minOrderQty, maxOrderQty }) => minOrderQty <= maxOrderQty, {
    path: ['maxOrderQty'],
    error: 'must not be less than minOrderQty',
  }),
};

export const warehouses = tsv('warehouses', 'Location.tsv', 'locationId name costRate availability modified', {
  locationId: Key,
  name: text(100),
});

export const stock = tsv('stock', 'ProductInventory.tsv', 'productId locationId shelf bin quantity rowguid modified', {
  productId: Key,
  locationId: Key,
  quantity: wholeNumber(0, 1_000_000),
});

export const customers = csv('customers', 'customer.csv', {
  customerid: Key,
  personid: blankOr(Key),
  storeid: blankOr(Key),
});

export const people = csv('people', 'person.csv', {
  businessentityid: Key,
  firstname: text(60),
  middlename: blankOr(text(60)),
  lastname: text(60),
  suffix: blankOr(text(10)),
});

export const shops = csv('shops', 'store.csv', { businessentityid: Key, storename: text(200) });

export const addresses = csv('addresses', 'address.csv', {
  addressid: Key,
  addressline1: text(100),
  addressline2: blankOr(text(98)),
  city: text(100),
  stateprovinceid: Key,
  postalcode: text(20),
});

export const states = csv('states', 'stateprovince.csv', {
  stateprovinceid: Key,
  countryregioncode: CountryCode,
  name: text(100),
});

export const orders = csv('orders', 'salesorderheader.csv', {
  salesorderid: Key,
  orderdate: Moment,
  status: wholeNumber(1, 6),
  customerid: Key,
  shiptoaddressid: Key,
  billtoaddressid: Key,
  subtotal: Dollars,
  taxamt: Dollars,
  freight: Dollars,
  totaldue: Dollars,
});

export const orderLines = csv('order lines', 'salesorderdetail.csv', {
  salesorderid: Key,
  salesorderdetailid: Key,
  orderqty: Pieces,
  productid: Key,
  unitprice: Dollars,
  unitpricediscount: Discount,
});

/** Without the countries' names: an address holds the code. */
export const allTables: readonly Table[] = [
  orders,
  orderLines,
  products,
  categories,
  subcategories,
  models,
  descriptions,
  translations,
  parts,
  suppliers,
  supplies,
  warehouses,
  stock,
  customers,
  people,
  shops,
  addresses,
  states,
];
