import { orderLines, orders } from '../files/tables.ts';
import type { Row } from '../files/table.ts';
import { goodRows, missing, repeated, type Source } from './reader.ts';

export type OrderRow = Row<typeof orders.schema>;
export type OrderLineRow = Row<typeof orderLines.schema>;

/** An order as the two files tell it, not yet judged. */
export interface ReadOrder {
  readonly row: OrderRow;
  readonly lines: OrderLineRow[];
  /** A line of it that was rejected. */
  brokenBy?: number;
}

/** The orders that can be read, and the lines in which the others stand. */
export interface OrderFile {
  readonly good: ReadonlyMap<string, ReadOrder>;
  readonly bad: ReadonlyMap<string, number>;
}

export async function readOrderFile(source: Source): Promise<OrderFile> {
  const good = new Map<string, ReadOrder>();
  const bad = new Map<string, number>();
  const rows = goodRows(source, orders, ({ fields, line }) => bad.set(fields['salesorderid'] ?? '', line));
  for await (const row of rows) {
    const { salesorderid: key } = row;
    const before = good.get(key)?.row.line ?? bad.get(key);
    if (before !== undefined) source.findings.reject(orders, row, repeated('salesorderid', key, before));
    else good.set(key, { row, lines: [] });
  }
  return { good, bad };
}

/** Gives each order its lines. A line of no order that can be read is rejected. */
export async function readOrderLines(
  source: Source,
  { good, bad }: OrderFile,
  faultsOf: (row: OrderLineRow) => readonly ReturnType<typeof missing>[],
): Promise<void> {
  const { findings } = source;
  const seen = new Map<string, number>();
  const rows = goodRows(source, orderLines, ({ fields, line }) =>
    breakOrder(good.get(fields['salesorderid'] ?? ''), line),
  );
  for await (const row of rows) {
    const { salesorderid, salesorderdetailid: key, line } = row;
    const order = good.get(salesorderid);
    const before = seen.get(key);
    const faults = [
      ...(before === undefined ? [] : [repeated('salesorderdetailid', key, before)]),
      ...(order ? [] : [orderless(salesorderid, bad.get(salesorderid))]),
      ...faultsOf(row),
    ];
    seen.set(key, before ?? line);
    if (faults.length === 0) order!.lines.push(row);
    else {
      findings.reject(orderLines, row, ...faults);
      if (before === undefined) breakOrder(order, line);
    }
  }
}

function breakOrder(order: ReadOrder | undefined, line: number): void {
  if (order) order.brokenBy ??= line;
}

function orderless(key: string, rejectedIn: number | undefined) {
  if (rejectedIn === undefined) return missing('salesorderid', key, orders);
  return { field: 'salesorderid', value: key, reason: `its order was rejected: line ${rejectedIn} of ${orders.file}` };
}
