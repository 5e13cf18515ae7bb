import type { Row } from '../files/table.ts';
import { products, stock, warehouses } from '../files/tables.ts';
import { goodRows, missing, repeated, rowsByKey, type Source } from './reader.ts';

export type BookedWarehouse = Row<typeof warehouses.schema>;
export type BookedStock = Row<typeof stock.schema>;

export const readWarehouses = (source: Source): Promise<Map<string, BookedWarehouse>> =>
  rowsByKey(source, warehouses, { by: 'locationId' });

/** How many pieces of a product are listed at a location; each pair once. */
export async function readStock(
  source: Source,
  isKnownProduct: (product: string) => boolean,
  isKnownWarehouse: (location: string) => boolean,
): Promise<readonly BookedStock[]> {
  const good = new Map<string, BookedStock>();
  for await (const row of goodRows(source, stock)) {
    const { productId: product, locationId: location } = row;
    const before = good.get(`${product} ${location}`);
    const faults = [
      ...(isKnownProduct(product) ? [] : [missing('productId', product, products)]),
      ...(isKnownWarehouse(location) ? [] : [missing('locationId', location, warehouses)]),
      ...(before ? [repeated('locationId', location, before.line)] : []),
    ];
    if (faults.length > 0) source.findings.reject(stock, row, ...faults);
    else good.set(`${product} ${location}`, row);
  }
  return [...good.values()];
}
