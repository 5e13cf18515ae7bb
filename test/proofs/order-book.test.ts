import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ground, query } from './support/ground.ts';
import { proveOrderBook } from './support/order-book/prove.ts';
import { exitCodeOf, report } from './support/report.ts';
import type { Verdict } from './support/run-proof.ts';
import { broken, faultsIn, openTestGround } from './support/test-ground.ts';

const folder = fileURLToPath(new URL('../fixtures/order-book', import.meta.url));

const sql =
  (statement: string) =>
  ({ database }: Ground) =>
    query(database, statement);

const anOrder = (status: string) =>
  `(select id from checkout.orders where status = '${status}' order by placed_at, id limit 1)`;

describe('an order book that is taken over with ample stock', () => {
  test('is completed to the last order, and balances to the last digit', async () => {
    await using ground = await openTestGround();
    const { figures, balances } = await proveOrderBook(ground, { folder, openingStock: 'ample', isPlain: true });
    expect(figures).toMatchObject({ orders: '12', 'of which are to complete': '12' });
    expect(faultsIn(balances)).toEqual([]);
  });
});

describe('an order book that is taken over with the stock that is listed', () => {
  let ground: Awaited<ReturnType<typeof openTestGround>>;
  let verdict: Verdict;
  const known = new Set<string>();
  beforeAll(async () => {
    ground = await openTestGround();
    verdict = await proveOrderBook(ground, { folder, openingStock: 'as-listed' });
  });
  afterAll(() => ground[Symbol.asyncDispose]());

  test('is completed as far as the stock goes, the rest cancelled by name, and balances', () => {
    expect(verdict.figures).toMatchObject({ orders: '12', 'of which are to complete': '7' });
    expect(faultsIn(verdict.balances)).toEqual([]);
    expect(exitCodeOf(verdict.balances)).toBe(0);
  });

  /** Each adds to those before it: a balance is named where it is broken first. */
  test.each([
    {
      what: 'a subtotal is off by a hundredth of a cent',
      breaks: ['subtotals: files, orders'],
      tamper: sql(`update checkout.orders set subtotal = subtotal + 0.0001 where id = ${anOrder('completed')}`),
    },
    {
      what: 'what lies in the middle is rounded up, not to the even cent',
      breaks: ['payable: files rounded once each, orders'],
      tamper: sql(`update checkout.orders set total = 7.51 where total = 7.50 and subtotal = 7.4975`),
    },
    {
      what: 'a shortage is not named as it was',
      breaks: ['orders cancelled, the shortage named'],
      tamper: sql(`update checkout.orders set reason = 'out of stock' where id = ${anOrder('cancelled')}`),
    },
    {
      what: 'a discount gets lost on the way to the invoice',
      breaks: ['lines: completed orders, invoices'],
      tamper: sql(`update billing.invoice_lines set discount = 0 where discount > 0`),
    },
    {
      what: 'a line of an order has another price',
      breaks: ['lines: files, orders'],
      tamper: sql(`update checkout.order_lines set unit_price = unit_price + 0.0001 where quantity = 10`),
    },
    {
      what: 'an invoice is of another amount than was captured',
      breaks: [
        'payable: completed orders, invoices',
        'captured = invoiced',
        'invoices of completed orders = the orders',
        'captured − refunded, by our invoices',
      ],
      tamper: sql(
        `update billing.invoices set captured = 0, total = total + 0.01 where order_id = ${anOrder('completed')}`,
      ),
    },
    {
      what: 'pieces stand in another warehouse than they should',
      breaks: ['on hand = received − shipped'],
      tamper: sql(
        `update fulfillment.stock_levels level set on_hand = on_hand + case when quantity > 50 then -1 else 1 end
           from fulfillment.stock_receipts receipt
          where (receipt.product_id, receipt.warehouse_id) = (level.product_id, level.warehouse_id)
            and quantity in (100, 320)`,
      ),
    },
    {
      what: 'more was received than is listed',
      breaks: ['pieces received, of those sent'],
      tamper: sql(`update fulfillment.stock_receipts set quantity = quantity + 1 where quantity = 4000`),
    },
    {
      what: 'a confirmation mail is not in the mailbox',
      breaks: ['.eml files, one per mail'],
      tamper: async ({ data }: Ground) => {
        const [mail] = await readdir(join(data, 'mail'));
        await rm(join(data, 'mail', mail!));
      },
    },
    {
      what: 'a confirmation was never sent',
      breaks: ['mails sent, one per fact', 'confirmation mails, one per completed order'],
      tamper: sql(`update notifications.mails set state = 'failed'
                    where id = (select id from notifications.mails where template = 'order-confirmed' limit 1)`),
    },
    {
      what: 'an order is not completed',
      breaks: ['orders completed', 'orders that have not ended', 'pieces shipped = pieces on completed orders'],
      tamper: sql(`update checkout.orders set status = 'shipped' where id = ${anOrder('completed')}`),
    },
  ])('is found out when $what', async ({ breaks, tamper }) => {
    await tamper(ground);
    const balances = await verdict.judgeAgain();
    const found = broken(balances);
    expect(found.filter((name) => !known.has(name))).toEqual(expect.arrayContaining(breaks));
    expect(exitCodeOf(balances)).toBe(1);
    for (const name of found) known.add(name);
  });
});

describe('an order book with a line that does not fit its order', () => {
  test('does not balance, and the table says which order is missing', async () => {
    await using ground = await openTestGround();
    const tampered = await mkdtemp(join(tmpdir(), 'microlith-order-book-'));
    try {
      await cp(folder, tampered, { recursive: true });
      const lines = join(tampered, 'salesorderdetail.csv');
      await writeFile(lines, (await readFile(lines, 'utf8')).replace(',1246.8201,', ',1246.8202,'));
      const { balances } = await proveOrderBook(ground, { folder: tampered, openingStock: 'ample', isPlain: true });
      expect(exitCodeOf(balances)).toBe(1);
      expect(broken(balances)).toEqual(
        expect.arrayContaining(['lines rejected, by name', 'orders completed', 'subtotals: files, orders']),
      );
      expect(report({}, balances)).toContain('salesorderheader.csv:4 subtotal 2668.7134: should be 0, is 1');
    } finally {
      await rm(tampered, { recursive: true });
    }
  });
});
