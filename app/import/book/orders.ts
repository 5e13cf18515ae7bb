import type { PostalAddress } from '#shared-kernel/address';
import { decimal, plus, times, ZERO } from '#shared-kernel/decimal';
import { paidShare } from '#shared-kernel/discount';
import {
  add,
  AmountOutOfRange,
  exactly,
  formatAmount,
  isSame,
  type Money,
  payable,
  toMoney,
} from '#shared-kernel/money';
import type { Fault } from '../files/table.ts';
import { addresses, customers, orderLines, orders } from '../files/tables.ts';
import { customerIdOf, orderIdOf, productIdOf } from '../names.ts';
import { type Place, UNKNOWN_PLACE } from './addresses.ts';
import { type BookedCustomer, UNKNOWN } from './customers.ts';
import type { OrderFile, OrderLineRow, OrderRow, ReadOrder } from './order-files.ts';
import type { BookedProduct } from './products.ts';
import { missing, type Source } from './reader.ts';

/** An order that can be taken over as it was. */
export interface BookedOrder {
  readonly line: number;
  readonly key: string;
  readonly customer: string;
  readonly lines: readonly OrderLineRow[];
  readonly command: ReturnType<typeof toCommand>;
  readonly isShipped: boolean;
  readonly subtotal: Money;
  /** What the files say is due, rounded once to the cent. */
  readonly payable: Money;
}

export interface Known {
  readonly products: ReadonlyMap<string, BookedProduct>;
  readonly customers: ReadonlyMap<string, BookedCustomer>;
  readonly places: ReadonlyMap<string, Place>;
}

const LONGEST = 1000;

/** How AdventureWorks counts an order's progress: 1 to 3 are open, 4 was refused, 6 was cancelled. */
const SHIPPED = 5;
const GIVEN_UP: ReadonlySet<number> = new Set([4, 6]);

/** Those that can be taken over, in date order. An order with a bad line is left out as a whole: its sum would be wrong. */
export function judgeOrders(source: Source, { good }: OrderFile, known: Known): readonly BookedOrder[] {
  return [...good.values()]
    .toSorted((a, b) => a.row.orderdate.getTime() - b.row.orderdate.getTime() || compareKeys(a.row, b.row))
    .flatMap((order) => judge(source, order, known));
}

const compareKeys = (a: OrderRow, b: OrderRow) => (BigInt(a.salesorderid) < BigInt(b.salesorderid) ? -1 : 1);

function judge({ findings }: Source, order: ReadOrder, known: Known): BookedOrder[] {
  const { row, lines } = order;
  if (GIVEN_UP.has(row.status)) {
    findings.of(orders).leftOut += 1;
    findings.of(orderLines).leftOut += lines.length;
    return [];
  }
  const faults = faultsOf(order, known);
  if (faults.length === 0) {
    const doubts = doubtsOf(row, known);
    if (doubts.length > 0) findings.warn(orders, row, ...doubts);
    return [toBooked(order, known)];
  }
  findings.reject(orders, row, ...faults);
  const reason = `its order was rejected: line ${row.line} of ${orders.file}`;
  for (const line of lines) {
    findings.reject(orderLines, line, { field: 'salesorderid', value: row.salesorderid, reason });
  }
  return [];
}

function faultsOf({ row, lines, brokenBy }: ReadOrder, { customers: buyers }: Known): Fault[] {
  const { salesorderid: value, customerid } = row;
  const ofOrder = (reason: string) => [{ field: 'salesorderid', value, reason }];
  return [
    ...(buyers.has(customerid) ? [] : [missing('customerid', customerid, customers)]),
    ...(lines.length > LONGEST ? ofOrder(`has ${lines.length} lines, and an order has at most ${LONGEST}`) : []),
    ...(brokenBy !== undefined
      ? ofOrder(`the order is left out as a whole: line ${brokenBy} of ${orderLines.file} was rejected`)
      : lines.length === 0
        ? ofOrder(`has no lines in ${orderLines.file}`)
        : sumFaults(row, lines)),
  ];
}

function sumFaults(row: OrderRow, lines: readonly OrderLineRow[]): Fault[] {
  try {
    return differences(row, lines);
  } catch (error) {
    if (!(error instanceof AmountOutOfRange)) throw error;
    return [{ field: 'totaldue', value: formatAmount(row.totaldue), reason: error.message }];
  }
}

function differences({ subtotal, taxamt, freight, totaldue }: OrderRow, lines: readonly OrderLineRow[]): Fault[] {
  const sum = subtotalOf(lines);
  const due = add(add(subtotal, taxamt), freight);
  return [
    ...(isSame(sum, subtotal) ? [] : [sumFault('subtotal', subtotal, `its lines come to ${formatAmount(sum)}`)]),
    ...(isSame(due, totaldue)
      ? []
      : [sumFault('totaldue', totaldue, `subtotal, taxamt and freight come to ${formatAmount(due)}`)]),
  ];
}

const sumFault = (field: string, amount: Money, butIs: string): Fault => ({
  field,
  value: formatAmount(amount),
  reason: `is ${formatAmount(amount)}, but ${butIs}`,
});

/** Rounded once, on the sum. */
const subtotalOf = (lines: readonly OrderLineRow[]): Money =>
  toMoney(
    lines
      .map(({ unitprice, orderqty, unitpricediscount }) =>
        times(times(exactly(unitprice), decimal(BigInt(orderqty), 0)), paidShare(unitpricediscount)),
      )
      .reduce(plus, ZERO),
    lines[0]!.unitprice.currency,
  );

function doubtsOf(
  { customerid, shiptoaddressid, billtoaddressid }: OrderRow,
  { customers: buyers, places }: Known,
): Fault[] {
  const unknownPlace = (field: string, key: string) =>
    places.has(key)
      ? []
      : [{ field, value: key, reason: `${missing(field, key, addresses).reason}: the address is ${UNKNOWN}` }];
  return [
    ...(buyers.get(customerid)!.isUnknown
      ? [{ field: 'customerid', value: customerid, reason: `nobody knows whose order it is: the name is ${UNKNOWN}` }]
      : []),
    ...unknownPlace('shiptoaddressid', shiptoaddressid),
    ...unknownPlace('billtoaddressid', billtoaddressid),
  ];
}

function toBooked({ row, lines }: ReadOrder, known: Known): BookedOrder {
  return {
    line: row.line,
    key: row.salesorderid,
    customer: row.customerid,
    lines,
    command: toCommand(row, lines, known),
    isShipped: row.status === SHIPPED,
    subtotal: row.subtotal,
    payable: payable(row.totaldue),
  };
}

/** Card numbers are not taken over: the sandbox is asked to approve. */
const toCommand = (row: OrderRow, lines: readonly OrderLineRow[], { products, customers: buyers, places }: Known) => {
  const { recipient } = buyers.get(row.customerid)!;
  const addressOf = (key: string): PostalAddress => ({ recipient, ...(places.get(key) ?? UNKNOWN_PLACE) });
  return {
    orderId: orderIdOf(row.salesorderid),
    customerId: customerIdOf(row.customerid),
    placedAt: row.orderdate,
    lines: lines.map(({ productid, orderqty, unitprice, unitpricediscount }) => {
      const { sku, name, taxClass } = products.get(productid)!.listing;
      const line = { productId: productIdOf(productid), sku, name, taxClass };
      return { ...line, quantity: orderqty, unitPrice: unitprice, discount: unitpricediscount };
    }),
    tax: row.taxamt,
    freight: row.freight,
    shipTo: addressOf(row.shiptoaddressid),
    billTo: addressOf(row.billtoaddressid),
    paymentToken: 'tok_approve',
  };
};
