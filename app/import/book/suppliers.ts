import type { Row } from '../files/table.ts';
import { products, suppliers, supplies } from '../files/tables.ts';
import { goodRows, missing, repeated, rowsByKey, type Source } from './reader.ts';

export type BookedSupplier = Row<typeof suppliers.schema>;
export type BookedSupply = Row<typeof supplies.schema>;

export const readSuppliers = (source: Source): Promise<Map<string, BookedSupplier>> =>
  rowsByKey(source, suppliers, { by: 'businessEntityId' });

/** Who supplies which product; of one that is not there, or by somebody who is not, nothing. */
export async function readSupplies(
  source: Source,
  isKnownProduct: (product: string) => boolean,
  isKnownSupplier: (supplier: string) => boolean,
): Promise<readonly BookedSupply[]> {
  const good = new Map<string, BookedSupply>();
  for await (const row of goodRows(source, supplies)) {
    const { productId: product, businessEntityId: supplier } = row;
    const before = good.get(`${product} ${supplier}`);
    const faults = [
      ...(isKnownProduct(product) ? [] : [missing('productId', product, products)]),
      ...(isKnownSupplier(supplier) ? [] : [missing('businessEntityId', supplier, suppliers)]),
      ...(before ? [repeated('businessEntityId', supplier, before.line)] : []),
    ];
    if (faults.length > 0) source.findings.reject(supplies, row, ...faults);
    else good.set(`${product} ${supplier}`, row);
  }
  return [...good.values()];
}
