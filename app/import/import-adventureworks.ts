import { Currency } from '#shared-kernel/currency';
import { sumOf, zero } from '#shared-kernel/money';
import type { Backbone } from '../persistence/backbone.ts';
import type { System } from '../system.ts';
import { readBook } from './book/read-book.ts';
import { catchUp } from './catch-up.ts';
import { deliverDuring } from './delivery.ts';
import { Stopped } from './each.ts';
import { assertUsable } from './files/folder.ts';
import { allTables } from './files/tables.ts';
import { Findings } from './findings.ts';
import type { Progress } from '../progress.ts';
import type { OpeningStock, Run } from './run.ts';
import { registerCustomers } from './steps/customers.ts';
import { takeOverOrders } from './steps/orders.ts';
import { setPartsLists } from './steps/parts-lists.ts';
import { listProducts } from './steps/products.ts';
import { openWarehouses, receiveAmpleStock, receiveStock } from './steps/stock.ts';
import { agreeSupplies, registerSuppliers } from './steps/suppliers.ts';
import type { Summary, Totals } from './summary.ts';
import { totalOrders } from './totals/order-totals.ts';
import { totalStock } from './totals/stock-totals.ts';

export interface ImportOptions {
  readonly folder: string;
  readonly openingStock: OpeningStock;
  readonly system: System;
  readonly backbone: Pick<Backbone, 'findEnd'>;
  readonly progress: Progress;
  readonly stop: AbortSignal;
}

const USD = Currency.parse('USD');

/**
 * Takes a manufacturer's whole order book over: what it makes, of what, from whom, what is in stock, who buys, and every
 * order. All of it goes through the commands that anybody uses, under ids made of the files' numbers: what is here already
 * is left as it is, so an import that was cut short is finished by running it again.
 * @throws {UnusableFolder} {@link StandsStill} {@link OrdersStandStill}
 */
export async function importAdventureWorks(options: ImportOptions): Promise<Summary> {
  const began = performance.now();
  const { folder, openingStock, system } = options;
  await assertUsable(folder, allTables);
  const findings = new Findings();
  const totals = await deliverDuring(system, () => importAll({ ...options, findings })).catch(unlessStopped);
  return {
    folder,
    openingStock,
    isComplete: totals !== undefined,
    tallies: findings.tallies,
    rejections: findings.rejections,
    warnings: findings.warnings,
    totals,
    milliseconds: Math.round(performance.now() - began),
  };
}

function unlessStopped(error: unknown): undefined {
  if (!(error instanceof Stopped)) throw error;
}

async function importAll(run: Run & Pick<ImportOptions, 'openingStock'>): Promise<Totals> {
  const reading = run.progress.begin('reading', allTables.length);
  const book = await readBook({ folder: run.folder, findings: run.findings, onRead: reading.advance });
  reading.end();
  await listProducts(run, book.products);
  await setPartsLists(run, book.partsLists);
  await registerSuppliers(run, book.suppliers);
  await agreeSupplies(run, book.supplies);
  await openWarehouses(run, book.warehouses);
  await catchUp(run, ['fulfillment']);
  await receiveStock(run, book.stock);
  if (run.openingStock === 'ample') await receiveAmpleStock(run, book);
  await registerCustomers(run, book.customers);
  await catchUp(run, ['checkout', 'billing', 'notifications']);
  const orders = await takeOverOrders(run, book);
  await catchUp(run, ['checkout', 'billing', 'fulfillment', 'notifications']);
  return {
    orders: await totalOrders(run, orders, zero(USD)),
    stock: await totalStock(run, [...book.products.values()]),
    subtotalInFiles: sumOf(book.subtotals, USD),
  };
}
