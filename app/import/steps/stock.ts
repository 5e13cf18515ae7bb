import { act, brokenRule } from '../act.ts';
import type { BookedOrder } from '../book/orders.ts';
import type { Book } from '../book/read-book.ts';
import type { BookedStock, BookedWarehouse } from '../book/stock.ts';
import { each } from '../each.ts';
import { UnusableFile } from '../files/table.ts';
import { stock as stockTable, warehouses as warehouseTable } from '../files/tables.ts';
import { ampleReceiptIdOf, openingReceiptIdOf, productIdOf, warehouseIdOf } from '../names.ts';
import { allPages } from '../pages.ts';
import type { Run } from '../run.ts';

const AT_ONCE = 8;
/** Finished goods are stored here: what is received beyond the listed stock comes in here. */
const FINISHED_GOODS = '7';
const LARGEST_RECEIPT = 1_000_000;

export async function openWarehouses(run: Run, warehouses: ReadonlyMap<string, BookedWarehouse>): Promise<void> {
  const { findings, system, stop } = run;
  const { commands, queries } = system.contexts.fulfillment;
  const tally = findings.of(warehouseTable);
  const all = await act('fulfillment.listWarehouses', () => allPages(queries.listWarehouses));
  const known = new Set<string>(all.map(({ id }) => id));
  const stage = run.progress.begin('warehouses', warehouses.size);
  await each(warehouses, { atOnce: AT_ONCE, stop }, async ([key, { name }]) => {
    const warehouseId = warehouseIdOf(key);
    if (known.has(warehouseId)) tally.alreadyThere += 1;
    else {
      await act('fulfillment.openWarehouse', () => commands.openWarehouse({ warehouseId, name }));
      tally.imported += 1;
    }
    stage.advance();
  });
  stage.end();
}

/** Receives what the files list, product by product. */
export async function receiveStock(run: Run, stock: readonly BookedStock[]): Promise<void> {
  const stage = run.progress.begin('stock', stock.length);
  const byProduct = Map.groupBy(stock, ({ productId }) => productId);
  await each(byProduct, { atOnce: AT_ONCE, stop: run.stop }, async ([product, places]) => {
    const received = await receiptsOf(run, product);
    for (const place of places) {
      await receiveListed(run, place, received);
      stage.advance();
    }
  });
  stage.end();
}

/** What there is nothing of needs no receipt. */
async function receiveListed({ findings, system }: Run, place: BookedStock, received: Receipts): Promise<void> {
  const { productId: product, locationId: location, quantity } = place;
  const tally = findings.of(stockTable);
  const receiptId = openingReceiptIdOf(product, location);
  const there = received.get(receiptId);
  if (there === quantity) tally.alreadyThere += 1;
  else if (there !== undefined) {
    tally.alreadyThere += 1;
    findings.warn(stockTable, place, {
      field: 'quantity',
      reason: `${there} were received before; that is left as it is`,
    });
  } else if (quantity === 0) tally.leftOut += 1;
  else {
    const receipt = { receiptId, productId: productIdOf(product), warehouseId: warehouseIdOf(location), quantity };
    const { receiveStock: receive } = system.contexts.fulfillment.commands;
    const reason = await brokenRule('fulfillment.receiveStock', () => receive(receipt));
    if (reason === undefined) tally.imported += 1;
    else findings.reject(stockTable, place, { field: 'productId', value: product, reason });
  }
}

type Wanted = Pick<Book, 'orders' | 'stock' | 'warehouses'>;

/**
 * Receives what the orders need beyond what is listed, as far as an import before has not. Returns the pieces received.
 * @throws {UnusableFile} where there is no room for it
 */
export async function receiveAmpleStock(run: Run, { orders, stock, warehouses }: Wanted): Promise<number> {
  const beyond = neededBeyond(orders, stock);
  if (beyond.size > 0 && !warehouses.has(FINISHED_GOODS))
    throw new UnusableFile(warehouseTable.file, `has no location ${FINISHED_GOODS}, where ample stock is received`);
  const stage = run.progress.begin('ample stock', beyond.size);
  let pieces = 0;
  await each(beyond, { atOnce: AT_ONCE, stop: run.stop }, async ([product, needed]) => {
    pieces += await receiveUpTo(run, product, needed);
    stage.advance();
  });
  stage.end();
  return pieces;
}

function neededBeyond(orders: readonly BookedOrder[], stock: readonly BookedStock[]): ReadonlyMap<string, number> {
  const needed = new Map<string, number>();
  const count = (product: string, pieces: number) => needed.set(product, (needed.get(product) ?? 0) + pieces);
  for (const { lines } of orders) for (const { productid, orderqty } of lines) count(productid, orderqty);
  for (const { productId, quantity } of stock) count(productId, -quantity);
  return new Map([...needed].filter(([, pieces]) => pieces > 0));
}

async function receiveUpTo(run: Run, product: string, needed: number): Promise<number> {
  const { receiveStock: receive } = run.system.contexts.fulfillment.commands;
  const received = await receiptsOf(run, product);
  const warehouseId = warehouseIdOf(FINISHED_GOODS);
  let missing = needed;
  let pieces = 0;
  for (let number = 1; missing > 0; number += 1) {
    const receiptId = ampleReceiptIdOf(product, number);
    const before = received.get(receiptId);
    const quantity = before ?? Math.min(missing, LARGEST_RECEIPT);
    if (before === undefined) {
      await act('fulfillment.receiveStock', () =>
        receive({ receiptId, productId: productIdOf(product), warehouseId, quantity }),
      );
      pieces += quantity;
    }
    missing -= quantity;
  }
  return pieces;
}

type Receipts = ReadonlyMap<string, number>;

/** The pieces of each receipt of a product. */
async function receiptsOf({ system }: Run, product: string): Promise<Receipts> {
  const { listStockReceipts } = system.contexts.fulfillment.queries;
  const productId = productIdOf(product);
  const receipts = await act('fulfillment.listStockReceipts', () =>
    allPages((page) => listStockReceipts({ ...page, productId })),
  );
  return new Map(receipts.map(({ id, quantity }) => [id, quantity]));
}
