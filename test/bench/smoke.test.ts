import { describe, expect, it } from 'vitest';
import { createDatabase } from '../support/database.ts';
import { clientLimit } from './contenders/client-limit.ts';
import type { Contender } from './contenders/contender.ts';
import { microlith, microlithCrowd, microlithSetBased } from './contenders/microlith.ts';
import { naiveMikroOrm } from './contenders/naive-mikro-orm.ts';
import { naive, naiveSetBased } from './contenders/naive-outbox.ts';
import { judge, MEASURES } from './floors.ts';
import { hire } from './hire.ts';
import { until } from '../support/eventually.ts';
import { drain, fill } from './jobs.ts';
import { InvalidOption, readOptions } from './options.ts';
import { assertPaid, wrongPieces } from './order-flow/audit.ts';
import { planOrders } from './order-flow/demand.ts';
import { measureOrderFlow } from './order-flow/measure.ts';
import { ORDER_FLOW_MEASURES } from './order-flow/measures.ts';
import { openMicrolith } from './order-flow/microlith/shop.ts';
import type { Result } from './run.ts';
import type { Figures } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import { audit } from './work/audit.ts';
import { onDatabase } from './work/connection.ts';

const WARM_UP = 10;
const ORDERS = 40;
/** Milliseconds; only a failure waits so long. */
const PATIENCE = 120_000;

async function faultsOf(contender: Contender, { meddle = '', patience = PATIENCE } = {}): Promise<readonly string[]> {
  await using database = await createDatabase([]);
  const place = { address: database.address, postmaster: process.pid };
  await contender.prepare(place.address, 0);
  await drain(contender, place, { warmUp: WARM_UP, orders: ORDERS, patience });
  await onDatabase(place.address, (client) => client.query(meddle));
  return (await audit(place.address, WARM_UP + ORDERS)).faults;
}

/** Forgets to record the fact of one order. */
const forgetful = (contender: Contender): Contender => ({
  ...contender,
  open: async (address, options) => {
    const post = await contender.open(address, options);
    return {
      ...post,
      place: async ([first, ...others]) => {
        await post.placeSilently(first!);
        await post.place(others);
      },
    };
  },
});

describe('the benchmark', () => {
  it.each([
    ['microlith', microlith],
    ['microlith with handleBatch', microlithSetBased],
    ['microlith with many more subscribers', microlithCrowd],
    ['a naive outbox', naive],
    ['a naive outbox on MikroORM', naiveMikroOrm],
    ['a naive set-based outbox', naiveSetBased],
    ['the limit of one client', clientLimit],
  ])('finds that %s writes each effect once', async (_name, contender) => {
    expect(await faultsOf(contender)).toEqual([]);
  });

  it('delivers what another process has placed', async () => {
    await using database = await createDatabase([]);
    const place = { address: database.address, postmaster: process.pid };
    await microlith.prepare(place.address, 0);
    await fill(microlith, place, ORDERS);
    await drain(microlith, place, { warmUp: 0, orders: ORDERS, isPlaced: true, patience: PATIENCE });
    expect(await audit(place.address, ORDERS)).toEqual({ orders: ORDERS, faults: [] });
  });

  it('has one process deliver what another places', async () => {
    await using database = await createDatabase([]);
    const place = { address: database.address, postmaster: process.pid };
    await microlith.prepare(place.address, 0);
    const serving = hire({ contender: 'microlith', place, job: { kind: 'serve' } });
    await serving.serving;
    await hire({ contender: 'microlith', place, job: { kind: 'fill', orders: ORDERS } }).result;
    await until(async () => expect(await audit(place.address, ORDERS)).toEqual({ orders: ORDERS, faults: [] }));
    serving.dismiss();
    expect(await serving.result).toMatchObject({ nodeMicros: expect.any(Number) });
  });

  it('finds that a contender has lost an event', async () => {
    const faults = await faultsOf(forgetful(microlith), { patience: 500 });
    expect(faults).toContainEqual(expect.stringMatching('orders have no row in invoices'));
  });

  it('finds effects that are lost, doubled, or not what they should be', async () => {
    const meddle = `
      delete from bench.invoices where order_id = (select min(id::text)::uuid from bench.orders);
      insert into bench.mails select order_id, amount from bench.mails limit 2;
      update bench.reservations set amount = amount + 1 where order_id = (select max(id::text)::uuid from bench.orders)`;
    expect(await faultsOf(naive, { meddle })).toEqual([
      '1 orders have no row in invoices',
      '1 rows in reservations with another amount',
      '2 rows too many in mails',
    ]);
  });
});

describe('the benchmark of the whole shop', () => {
  const demand = planOrders({ orders: 3, isHot: true });
  const pieces = demand.orders.flatMap(({ lines }) => lines).length * 2;
  const setAside = new Map(
    demand.products.map(({ sku, productId }) => {
      const lines = demand.orders.flatMap((order) => order.lines).filter((line) => line.productId === productId);
      return [sku, lines.length * 2];
    }),
  );
  const books = { paid: 3, mailed: 3, setAside };

  it('finds every order paid, its stock set aside and its mail sent, and says all that it took', async () => {
    const flow = { open: openMicrolith, clients: 2, warmUpFor: 200, idleFor: 100 };
    const figures = await measureOrderFlow(flow, { events: 5 });
    expect(figures).toMatchObject({ httpCalls: 1, wrongPieces: 0 });
    expect(Object.values(figures).filter((figure) => !Number.isFinite(figure))).toEqual([]);
    const named = ORDER_FLOW_MEASURES.map(({ of: [, figure] }) => figure);
    expect(Object.keys(figures)).toEqual(expect.arrayContaining(named));
  }, 120_000);

  it('sends orders of two lines, all of which want the hot row', () => {
    const hot = demand.products[0]!.productId;
    expect(demand.orders.map(({ lines }) => lines.map(({ productId }) => productId === hot))).toEqual(
      demand.orders.map(() => [true, false]),
    );
  });

  it('finds orders that are not paid, and customers who were not told', () => {
    expect(() => assertPaid(books, demand)).not.toThrow();
    expect(() => assertPaid({ ...books, paid: 2 }, demand)).toThrow('3 orders were confirmed, 2 are paid for');
    expect(() => assertPaid({ ...books, mailed: 4 }, demand)).toThrow('4 confirmations were sent for 3 orders');
  });

  it('counts pieces that were sold and not set aside', () => {
    const [first] = demand.products;
    const lost = new Map([...setAside, [first!.sku, setAside.get(first!.sku)! - 3]]);
    expect(wrongPieces(books, demand)).toBe(0);
    expect(wrongPieces({ ...books, setAside: lost }, demand)).toBe((1_000 * 3) / pieces);
  });
});

describe('the floors of the benchmark', () => {
  it('name scenarios and lines that exist', () => {
    const lines = new Set(
      SCENARIOS.flatMap(({ name, subjects }) => subjects.map((subject) => `${name}: ${subject.name}`)),
    );
    const named = MEASURES.flatMap(({ scenario, of, over }) =>
      [of, over ?? of].map(([subject]) => `${scenario}: ${subject}`),
    );
    expect(named.filter((line) => !lines.has(line))).toEqual([]);
  });

  it.each([
    [30_000, { isMissed: false, isShortOfGoal: false }],
    [20_000, { isMissed: false, isShortOfGoal: true }],
    [17_000, { isMissed: true, isShortOfGoal: true }],
  ])('judge %s events a second over 10,000', (eventsPerSecond, verdict) => {
    const results = [resultOf('microlith', eventsPerSecond), resultOf('naive outbox on MikroORM', 10_000)];
    expect(judge(results)[0]).toMatchObject({ value: eventsPerSecond / 10_000, ...verdict });
  });

  it.each([
    { pace: 492, followedP99: 100, value: 100, isMissed: false },
    { pace: 492, followedP99: 101, value: 101, isMissed: true },
    { pace: 984, followedP99: 200, value: 100, isMissed: false },
    { pace: 246, followedP99: 100, value: 200, isMissed: true },
  ])('judge a latency by what it were where Vendure takes 492 ms: $followedP99 where it takes $pace', (measured) => {
    const { pace, followedP99, ...verdict } = measured;
    const results = [flowOf('microlith × 4', { followedP99 }), flowOf('Vendure', { p50: pace })];
    const name = "order-flow: followed up, p99, microlith × 4, in ms of the design's machine";
    expect(judge(results).find((each) => each.name === name)).toMatchObject(verdict);
  });

  it('say nothing about what was not measured', () => {
    expect(judge([]).every(({ value, isMissed }) => value === undefined && !isMissed)).toBe(true);
  });
});

const resultOf = (subject: string, eventsPerSecond: number): Result => ({
  scenario: 'drain',
  subject,
  figures: { eventsPerSecond },
  rounds: [],
});

const flowOf = (subject: string, figures: Figures): Result => ({
  scenario: 'order-flow',
  subject,
  figures,
  rounds: [],
});

describe('the command line of the benchmark', () => {
  it('is understood', () => {
    expect(readOptions(['drain', '--rounds', '5', '--check', '--only', 'boss'])).toMatchObject({
      scenarios: ['drain'],
      rounds: 5,
      check: true,
      only: 'boss',
      peers: false,
    });
  });

  it.each([
    [['dran'], 'there is no scenario "dran"'],
    [['--rounds', '0'], '--rounds must be a whole number of at least 1, and is "0"'],
    [['--quick'], "Unknown option '--quick'"],
  ])('%s is refused with its reason', (words, reason) => {
    expect(() => readOptions(words)).toThrow(InvalidOption);
    expect(() => readOptions(words)).toThrow(reason);
  });
});
