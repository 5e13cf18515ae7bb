import type { Money } from '#shared-kernel/money';
import { products as productTable } from '../files/tables.ts';
import { readAddresses } from './addresses.ts';
import { type BookedCustomer, readCustomers } from './customers.ts';
import { readOrderFile, readOrderLines } from './order-files.ts';
import { type BookedOrder, judgeOrders } from './orders.ts';
import { type BookedPartsList, readPartsLists } from './parts-lists.ts';
import { type BookedProduct, readProducts } from './products.ts';
import { missing, type Source } from './reader.ts';
import { type BookedStock, type BookedWarehouse, readStock, readWarehouses } from './stock.ts';
import { type BookedSupplier, type BookedSupply, readSuppliers, readSupplies } from './suppliers.ts';

/** Everything good that is in the files, ready for the commands. */
export interface Book {
  readonly products: Map<string, BookedProduct>;
  readonly partsLists: readonly BookedPartsList[];
  readonly suppliers: Map<string, BookedSupplier>;
  readonly supplies: readonly BookedSupply[];
  readonly warehouses: ReadonlyMap<string, BookedWarehouse>;
  readonly stock: readonly BookedStock[];
  readonly customers: Map<string, BookedCustomer>;
  /** In date order. */
  readonly orders: readonly BookedOrder[];
  /** Of all orders that can be read, those included that are left out. */
  readonly subtotals: readonly Money[];
}

/** Reads the files, each as a stream; only what an order, a list or a lookup needs is kept. */
export async function readBook(source: Source): Promise<Book> {
  const orderFile = await readOrderFile(source);
  const rows = [...orderFile.good.values()].map(({ row }) => row);
  const products = await readProducts(source);
  const isProduct = (product: string) => products.has(product);
  const partsLists = await readPartsLists(source, isProduct);
  const suppliers = await readSuppliers(source);
  const supplies = await readSupplies(source, isProduct, (supplier) => suppliers.has(supplier));
  const warehouses = await readWarehouses(source);
  const stock = await readStock(source, isProduct, (location) => warehouses.has(location));
  const customers = await readCustomers(source, new Set(rows.map(({ customerid }) => customerid)));
  const places = await readAddresses(
    source,
    new Set(rows.flatMap(({ shiptoaddressid, billtoaddressid }) => [shiptoaddressid, billtoaddressid])),
  );
  await readOrderLines(source, orderFile, ({ productid }) =>
    isProduct(productid) ? [] : [missing('productid', productid, productTable)],
  );
  const orders = judgeOrders(source, orderFile, { products, customers, places });
  const subtotals = rows.map(({ subtotal }) => subtotal);
  return { products, partsLists, suppliers, supplies, warehouses, stock, customers, orders, subtotals };
}
