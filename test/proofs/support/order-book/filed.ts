import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { orderIdOf, productIdOf, warehouseIdOf } from '#app/import/names';

/** The order book as the files tell it, read and reckoned without a line of the import that is proved. Money is in ten-thousandths. */
export interface FiledBook {
  /** In date order. */
  readonly orders: readonly FiledOrder[];
  readonly stock: readonly FiledStock[];
  /** Lines whose order is not there, as the import should name them. */
  readonly orderless: readonly string[];
}

export interface FiledOrder {
  readonly id: string;
  readonly lines: readonly FiledLine[];
  readonly subtotal: bigint;
  /** What is due, rounded once to the cent. */
  readonly payable: bigint;
}

export interface FiledLine {
  readonly productId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly unitPrice: bigint;
  readonly discount: bigint;
}

export interface FiledStock {
  readonly productId: string;
  readonly warehouseId: string;
  readonly quantity: number;
}

type Fields = Readonly<Record<string, string>>;

const SCALE = 4;

export function readFiledBook(folder: string): FiledBook {
  const headers = csv(folder, 'salesorderheader.csv');
  const lines = csv(folder, 'salesorderdetail.csv');
  const skus = new Map(csv(folder, 'product.csv').map((row) => [row['productid']!, row['productnumber']!]));
  const linesOf = Map.groupBy(lines, (line) => line['salesorderid']!);
  const known = new Set(headers.map((header) => header['salesorderid']!));
  return {
    orders: headers.toSorted(byDate).map((header) => toOrder(header, linesOf.get(header['salesorderid']!) ?? [], skus)),
    stock: tsv(folder, 'ProductInventory.tsv')
      .filter(([, , , , quantity]) => Number(quantity) > 0)
      .map(([product, location, , , quantity]) => ({
        productId: productIdOf(product!),
        warehouseId: warehouseIdOf(location!),
        quantity: Number(quantity),
      })),
    orderless: lines.flatMap((line, at) =>
      known.has(line['salesorderid']!) ? [] : [`salesorderdetail.csv:${at + 2} salesorderid ${line['salesorderid']}`],
    ),
  };
}

const csv = (folder: string, file: string): Fields[] => parse(read(folder, file), { columns: true, bom: true });

const tsv = (folder: string, file: string): string[][] => parse(read(folder, file), { delimiter: '\t', quote: null });

const read = (folder: string, file: string) => readFileSync(join(folder, file), 'utf8');

const byDate = (a: Fields, b: Fields) =>
  a['orderdate']!.localeCompare(b['orderdate']!) || Number(a['salesorderid']) - Number(b['salesorderid']);

function toOrder(header: Fields, rows: readonly Fields[], skus: ReadonlyMap<string, string>): FiledOrder {
  const due = toUnits(header['subtotal']!) + toUnits(header['taxamt']!) + toUnits(header['freight']!);
  if (due !== toUnits(header['totaldue']!))
    throw new Error(`order ${header['salesorderid']} does not add up in the files`);
  return {
    id: orderIdOf(header['salesorderid']!),
    subtotal: toUnits(header['subtotal']!),
    payable: toCents(due),
    lines: rows.map((row) => ({
      productId: productIdOf(row['productid']!),
      sku: skus.get(row['productid']!)!,
      quantity: Number(row['orderqty']),
      unitPrice: toUnits(row['unitprice']!),
      discount: toUnits(row['unitpricediscount']!),
    })),
  };
}

/** `874.794` as 8747940. */
function toUnits(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(SCALE, '0'));
}

/** Rounded to whole cents; what lies in the middle, to the even one. */
function toCents(units: bigint): bigint {
  const [cents, rest] = [units / 100n, units % 100n];
  const isUp = rest > 50n || (rest === 50n && cents % 2n === 1n);
  return (isUp ? cents + 1n : cents) * 100n;
}
