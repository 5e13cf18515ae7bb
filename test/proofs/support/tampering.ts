import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { createDirectoryLedger } from '#contexts/billing/adapters/sandbox-gateway';
import { moneyOf } from '#shared-kernel/money';
import { type Ground, query } from './ground.ts';

/** Something that must never happen, done to the state, and the balances that no longer hold then. */
export interface Tampering {
  readonly what: string;
  readonly breaks: readonly string[];
  readonly tamper: (ground: Ground) => Promise<unknown>;
}

const FACT = 'id, type, version, tenant_id, key, data, occurred_at, correlation_id, causation_id, actor, source';

const A_DOLLAR = moneyOf('1.00', 'USD');

/** Each adds to those before it: a balance is named where it is broken first. */
export const tamperings: readonly Tampering[] = [
  sql(
    'a piece vanishes from a warehouse',
    ['on hand = received − shipped'],
    [
      'alter table fulfillment.stock_levels drop constraint reserved_is_on_hand',
      `update fulfillment.stock_levels set on_hand = on_hand - 1 where ctid = (select min(ctid) from fulfillment.stock_levels)`,
    ],
  ),
  sql(
    'a piece stays reserved',
    ['pieces still reserved'],
    [`update fulfillment.stock_levels set reserved = 1 where ctid = (select min(ctid) from fulfillment.stock_levels)`],
  ),
  sql(
    'pieces are received twice',
    ['pieces received, of those sent'],
    [
      `insert into fulfillment.stock_receipts select tenant_id, gen_random_uuid(), product_id, warehouse_id, quantity, received_at
       from fulfillment.stock_receipts limit 1`,
    ],
  ),
  sql(
    'more is sold than there was',
    ['pieces shipped = pieces on completed orders', 'pieces oversold'],
    [
      `update checkout.order_lines set quantity = 100000 where order_id = (${anOrder('completed')}) and line_number = 1`,
    ],
  ),
  sql(
    'an order stands still',
    ['orders that have not ended'],
    [`update checkout.orders set status = 'placed' where id = (${anOrder('cancelled')})`],
  ),
  sql(
    'an acknowledged order is lost',
    ['orders there, of those acknowledged'],
    [
      `with lost as (delete from checkout.order_lines where order_id = (${anOrder('cancelled')}) returning order_id)
     delete from checkout.orders where id in (select order_id from lost)`,
    ],
  ),
  sql(
    'a line is left without its order',
    ['parts of nothing'],
    [
      `insert into checkout.order_lines
       select (jsonb_populate_record(line, jsonb_build_object('order_id', gen_random_uuid()))).*
         from checkout.order_lines line limit 1`,
    ],
  ),
  sql(
    'an invoice is not what was ordered',
    ['invoices of completed orders = the orders', 'captured − refunded, by our invoices'],
    [
      `update billing.invoices set total = total + 1, captured = captured + 1
        where order_id = (${anOrder('completed')})`,
    ],
  ),
  {
    what: 'the provider captures again, under another key',
    breaks: ['captured − refunded, by the provider', 'captures by the provider, one per paid order'],
    tamper: ({ data }) =>
      ledgerIn(data).settle('billing.capturePayment:again', {
        status: 'captured',
        amount: A_DOLLAR,
        reference: 'again',
        statement: 'again',
      }),
  },
  {
    what: 'the provider refunds what nobody asked for',
    breaks: ['refunds by the provider, one per refund'],
    tamper: ({ data }) =>
      ledgerIn(data).settle('billing.refundPayment:again', {
        status: 'refunded',
        amount: A_DOLLAR,
        reference: 'again',
        captureReference: 'none',
      }),
  },
  {
    what: 'a mail lies in the mailbox twice',
    breaks: ['.eml files, one per mail'],
    tamper: async ({ data }) => {
      const mail = (await readdir(join(data, 'mail'))).find((name) => name.endsWith('.eml'));
      await copyFile(join(data, 'mail', mail!), join(data, 'mail', 'again.eml'));
    },
  },
  sql(
    'a mail was never sent',
    ['mails sent, one per fact'],
    [`update notifications.mails set state = 'waiting' where ctid = (select min(ctid) from notifications.mails)`],
  ),
  sql(
    'a fact is recorded twice',
    ['facts recorded, each once'],
    [
      `insert into messaging.log (${FACT}) select ${FACT} from messaging.log where type = 'notifications.MailSent' limit 1`,
    ],
  ),
  sql(
    'a request is never answered',
    ['left over in the post office'],
    [`update billing.request set state = 'pending' where ctid = (select min(ctid) from billing.request)`],
  ),
  { what: 'two transactions wait for each other', breaks: ['deadlocks'], tamper: deadlock },
];

function sql(what: string, breaks: readonly string[], statements: readonly string[]): Tampering {
  return { what, breaks, tamper: ({ database }) => query(database, statements.join(';\n')) };
}

function anOrder(status: 'completed' | 'cancelled'): string {
  return `select id from checkout.orders where status = '${status}' order by id limit 1`;
}

function ledgerIn(data: string) {
  return createDirectoryLedger(join(data, 'sandbox-gateway'));
}

async function deadlock({ database }: Ground): Promise<void> {
  const clients = [new pg.Client({ ...database }), new pg.Client({ ...database })];
  const [one, other] = clients as [pg.Client, pg.Client];
  for (const client of clients) {
    await client.connect();
    await client.query(`set deadlock_timeout = '10ms'; begin`);
  }
  await one.query('select pg_advisory_xact_lock(1)');
  await other.query('select pg_advisory_xact_lock(2)');
  const crossing = [one.query('select pg_advisory_xact_lock(2)'), other.query('select pg_advisory_xact_lock(1)')];
  const ended = crossing.map(async (query, at) => {
    await query.catch(() => undefined);
    await clients[at]!.end();
  });
  await Promise.all(ended);
}
