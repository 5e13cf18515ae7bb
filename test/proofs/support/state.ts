import { join } from 'node:path';
import type pg from 'pg';
import { createDirectoryLedger } from '#contexts/billing/adapters/sandbox-gateway';
import { createEmlTransport } from '#contexts/notifications/adapters/eml';
import { type Ground, query } from './ground.ts';
import { ORPHANS, type Orphans } from './parts.ts';
import { type Leftover, LEFTOVERS } from './post-office.ts';

/** All that the proofs look at, read once, from the tables, the mail directory and the gateway's own ledger. */
export interface State {
  readonly orders: readonly OrderState[];
  readonly lines: readonly LineState[];
  readonly levels: readonly LevelState[];
  readonly receipts: readonly StockMove[];
  /** What is set aside or has left, and for which order. */
  readonly allocations: readonly AllocationState[];
  readonly invoices: readonly InvoiceState[];
  readonly ledger: readonly LedgerState[];
  readonly mails: readonly MailState[];
  /** `.eml` files, by what stands in them. */
  readonly files: readonly MailFile[];
  readonly facts: readonly FactState[];
  readonly orphans: readonly Orphans[];
  readonly leftovers: readonly Leftover[];
  readonly deadlocks: number;
}

export interface OrderState {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly total: bigint;
}

interface LineState {
  readonly orderId: string;
  readonly productId: string;
  readonly sku: string;
  readonly quantity: number;
}

interface LevelState {
  readonly productId: string;
  readonly warehouseId: string;
  readonly onHand: number;
  readonly reserved: number;
}

interface StockMove {
  readonly productId: string;
  readonly warehouseId: string;
  readonly quantity: number;
}

interface AllocationState extends StockMove {
  readonly orderId: string;
  readonly reservation: string;
  /** Null where no parcel is prepared. */
  readonly shipment: string | null;
}

interface InvoiceState {
  readonly id: string;
  readonly orderId: string;
  readonly total: bigint;
  readonly captured: bigint;
  readonly refunded: bigint;
}

interface LedgerState {
  /** The idempotency key it was done under. */
  readonly key: string;
  readonly kind: 'captured' | 'refunded';
  readonly amount: bigint;
}

interface MailState {
  readonly id: string;
  readonly orderId: string;
  readonly template: string;
  readonly state: string;
  readonly subject: string;
}

interface MailFile {
  readonly mailId: string;
  readonly subject: string;
}

export interface FactState {
  readonly type: string;
  readonly orderId: string | null;
  /** What the fact is about: a shipment, a mail, a refund, or else an order. */
  readonly subject: string;
  readonly count: number;
}

const MONEY = (column: string) => `(${column} * 10000)::bigint as ${column}`;

const ORDERS = `select id, status, reason, ${MONEY('total')} from checkout.orders`;
const LINES = `select order_id as "orderId", product_id as "productId", sku, quantity from checkout.order_lines`;
const LEVELS = `
  select product_id as "productId", warehouse_id as "warehouseId", on_hand::int as "onHand", reserved::int
    from fulfillment.stock_levels`;
const RECEIPTS = `
  select product_id as "productId", warehouse_id as "warehouseId", quantity from fulfillment.stock_receipts`;
const ALLOCATIONS = `
  select a.order_id as "orderId", a.product_id as "productId", a.warehouse_id as "warehouseId", a.quantity,
         r.status as reservation, s.status as shipment
    from fulfillment.allocations a
    join fulfillment.reservations r using (tenant_id, order_id)
    left join fulfillment.shipments s using (tenant_id, order_id, warehouse_id)`;
const INVOICES = `
  select id, order_id as "orderId", ${['total', 'captured', 'refunded'].map(MONEY).join(', ')} from billing.invoices`;
const MAILS = `select id, order_id as "orderId", template, state, subject from notifications.mails`;
const FACTS = `
  select type, data->>'orderId' as "orderId", count(*)::int as count,
         coalesce(data->>'shipmentId', data->>'mailId', data->>'refundId', data->>'orderId', id::text) as subject
    from messaging.log group by 1, 2, 4`;
export async function readState(ground: Ground): Promise<State> {
  const rows = <Row extends pg.QueryResultRow>(text: string) => query<Row>(ground.database, text);
  const tables = {
    orders: await rows<OrderState>(ORDERS),
    lines: await rows<LineState>(LINES),
    levels: await rows<LevelState>(LEVELS),
    receipts: await rows<StockMove>(RECEIPTS),
    allocations: await rows<AllocationState>(ALLOCATIONS),
    invoices: await rows<InvoiceState>(INVOICES),
    mails: await rows<MailState>(MAILS),
    facts: await rows<FactState>(FACTS),
    orphans: await rows<Orphans>(ORPHANS),
    leftovers: await rows<Leftover>(LEFTOVERS),
  };
  const [ledger, files] = await Promise.all([readLedger(ground), readFiles(ground)]);
  return { ...tables, ledger, files, deadlocks: await ground.countDeadlocks() };
}

/** What the provider says it did, whatever we believe. */
async function readLedger({ data }: Ground): Promise<LedgerState[]> {
  const entries = await createDirectoryLedger(join(data, 'sandbox-gateway')).read();
  return entries.flatMap(({ key, outcome }) =>
    outcome?.status === 'captured' || outcome?.status === 'refunded'
      ? [{ key, kind: outcome.status, amount: outcome.amount.amount }]
      : [],
  );
}

async function readFiles({ data }: Ground): Promise<MailFile[]> {
  const mails = await createEmlTransport(join(data, 'mail')).list();
  return mails.map(({ mailId, source }) => ({ mailId, subject: /^Subject: (.*)\r$/m.exec(source)?.[1] ?? '' }));
}
