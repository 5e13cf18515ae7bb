import type { ProductId, WarehouseId } from '#shared-kernel/ids';
import { type Account, accountOf, balance, type Balance, NOTHING, onceEach } from '../account.ts';
import { judgeFacts } from '../facts.ts';
import { type Ground, query } from '../ground.ts';
import { judgeMail } from '../mail.ts';
import { judgeMoney } from '../money.ts';
import { readState, type State } from '../state.ts';
import { judgeStock } from '../stock.ts';
import type { Expected } from './expected.ts';
import type { FiledBook, FiledOrder } from './filed.ts';
import type { ImportRun } from './import-process.ts';

/** All that must be true of an order book that was taken over. */
export async function judge(ground: Ground, book: FiledBook, expected: Expected): Promise<Balance[]> {
  const state = await readState(ground);
  return [
    ...judgeEnds(state, expected),
    ...(await judgeAmounts(ground, book)),
    ...(await judgeInvoices(ground, state, expected)),
    ...judgeStock(state, { receipts: expected.receipts.map(toReceipt) }),
    ...judgeMoney(state),
    ...judgeMail(state),
    balance(
      'confirmation mails, one per completed order',
      onceEach(expected.completed.map(({ id }) => id)),
      accountOf(state.mails.filter(isConfirmation).map(({ orderId }) => [orderId, 1])),
    ),
    ...judgeFacts(state),
    balance(
      'left over in the post office',
      NOTHING,
      accountOf(state.leftovers.map(({ what, count }) => [what, count])),
    ),
    balance('deadlocks', NOTHING, accountOf([['deadlocks', state.deadlocks]])),
  ];
}

const toReceipt = ({ productId, warehouseId, quantity }: Expected['receipts'][number]) => ({
  receiptId: '',
  productId: productId as ProductId,
  warehouseId: warehouseId as WarehouseId,
  quantity,
});

const isConfirmation = ({ template, state }: State['mails'][number]) =>
  template === 'order-confirmed' && state === 'sent';

/** What the import itself said: the lines it refused, by name, and the exit code that follows. */
export function judgeRun({ exitCode, rejected, inFile }: ImportRun, { orderless }: FiledBook): Balance[] {
  return [
    balance('lines rejected, by name', onceEach(orderless), accountOf(rejected.map((name) => [name, 1]))),
    balance('lines in the rejects file', onceEach(orderless), accountOf(inFile.map((name) => [name, 1]))),
    balance(
      'exit code',
      accountOf([['exit code', orderless.length > 0 ? 1 : 0]]),
      accountOf([['exit code', exitCode ?? -1]]),
    ),
  ];
}

/** Every order ended as the stock at its turn let it. */
function judgeEnds({ orders }: State, { completed, cancelled }: Expected): Balance[] {
  const withStatus = (status: string) => orders.filter((order) => order.status === status);
  const open = orders.filter(({ status }) => status !== 'completed' && status !== 'cancelled');
  return [
    balance(
      'orders completed',
      onceEach(completed.map(({ id }) => id)),
      onceEach(withStatus('completed').map(({ id }) => id)),
    ),
    balance(
      'orders cancelled, the shortage named',
      onceEach(cancelled.map(({ id, reason }) => `${id} ${reason}`)),
      onceEach(withStatus('cancelled').map(({ id, reason }) => `${id} ${reason}`)),
    ),
    balance('orders that have not ended', NOTHING, onceEach(open.map(({ id }) => id))),
  ];
}

const IN_UNITS = (column: string, as = column) => `(${column} * 10000)::bigint as "${as}"`;

interface AmountRow {
  readonly id: string;
  readonly subtotal: bigint;
  readonly total: bigint;
}

/** Each order comes to what the files say, to the last digit; what is payable is rounded once. */
async function judgeAmounts({ database }: Ground, { orders }: FiledBook): Promise<Balance[]> {
  const rows = await query<AmountRow>(
    database,
    `select id, ${IN_UNITS('subtotal')}, ${IN_UNITS('total')} from checkout.orders`,
  );
  const lines = await query<LineRow>(database, linesFrom('checkout.order_lines', 'order_id'));
  return [
    balance(
      'subtotals: files, orders',
      accountOf(orders.map(({ id, subtotal }) => [id, subtotal])),
      accountOf(rows.map(({ id, subtotal }) => [id, subtotal])),
      'money',
    ),
    balance(
      'payable: files rounded once each, orders',
      accountOf(orders.map(({ id, payable }) => [id, payable])),
      accountOf(rows.map(({ id, total }) => [id, total])),
      'money',
    ),
    balance('lines: files, orders', linesOf(orders), linesIn(lines)),
  ];
}

/** Each completed order's invoice says what the order does, line by line; others have none. */
async function judgeInvoices({ database }: Ground, { invoices }: State, { completed }: Expected): Promise<Balance[]> {
  const lines = await query<LineRow>(
    database,
    `select i.order_id as "orderId", l.* from (${linesFrom('billing.invoice_lines', 'invoice_id')}) l
       join billing.invoices i on i.id = l."orderId"`.replace(
      'l.*',
      'l."lineNumber", l.sku, l.quantity, l."unitPrice", l.discount',
    ),
  );
  return [
    balance('lines: completed orders, invoices', linesOf(completed), linesIn(lines)),
    balance(
      'payable: completed orders, invoices',
      accountOf(completed.map(({ id, payable }) => [id, payable])),
      accountOf(invoices.map(({ orderId, total }) => [orderId, total])),
      'money',
    ),
    balance(
      'captured = invoiced',
      accountOf(invoices.map(({ orderId, total }) => [orderId, total])),
      accountOf(invoices.map(({ orderId, captured }) => [orderId, captured])),
      'money',
    ),
  ];
}

interface LineRow {
  readonly orderId: string;
  readonly lineNumber: number;
  readonly sku: string;
  readonly quantity: number;
  readonly unitPrice: bigint;
  readonly discount: bigint;
}

const linesFrom = (table: string, owner: string) => `
  select ${owner} as "orderId", line_number as "lineNumber", sku, quantity,
         ${IN_UNITS('unit_price', 'unitPrice')}, ${IN_UNITS('discount')} from ${table}`;

/** Pieces, under a name that says everything of a line. */
const linesIn = (rows: readonly LineRow[]): Account => accountOf(rows.map((row) => [nameOf(row), row.quantity]));

const linesOf = (orders: readonly FiledOrder[]): Account =>
  linesIn(orders.flatMap(({ id, lines }) => lines.map((line, at) => ({ ...line, orderId: id, lineNumber: at + 1 }))));

const nameOf = ({ orderId, lineNumber, sku, unitPrice, discount }: LineRow) =>
  `line ${lineNumber} of order ${orderId}: ${sku} at ${unitPrice} less ${discount}`;
