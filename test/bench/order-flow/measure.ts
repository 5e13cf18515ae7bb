import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPrivateGround, type PrivateGround } from '../../proofs/support/ground.ts';
import { memoryOf } from '../measure/processes.ts';
import type { Figures, Work } from '../scenario.ts';
import { beginAccount, writeAccount } from './account.ts';
import { assertPaid, wrongPieces } from './audit.ts';
import { planOrders } from './demand.ts';
import { load, percentile, type Times } from './load.ts';
import { COUNTING, type Meter, openMeter, type Spent } from './meter.ts';
import type { FollowUps, OpenShop, Shop, ShopPlan } from './shop.ts';

/** Who orders of what, in what circumstances. */
export interface OrderFlow {
  readonly open: OpenShop;
  /** 8, unless it is told. */
  readonly clients?: number;
  readonly processes?: number;
  readonly isHot?: boolean;
  /** Share of the scenario's orders: a slow one would hold up the others. */
  readonly share?: number;
  /** How long clients order before it counts, milliseconds: a server that has run for a while is no longer being compiled. */
  readonly warmUpFor?: number;
  /** How long nobody asks anything afterwards, milliseconds. */
  readonly idleFor?: number;
}

/** Orders that are planned for a second of the warm-up: more than anybody takes. */
const PLANNED_A_SECOND = 1_000;

/** Opens a shop, orders, and says what an order took; everything is counted in the shop's tables afterwards. @throws {Disqualified} */
export async function measureOrderFlow(flow: OrderFlow, { events, profiles }: Omit<Work, 'ground'>): Promise<Figures> {
  const { open, clients = 8, processes = 1, isHot = false, share = 1 } = flow;
  const { warmUpFor = 30_000, idleFor = 10_000 } = flow;
  const orders = Math.ceil(events * share);
  const demand = planOrders({ orders: (PLANNED_A_SECOND * warmUpFor) / 1_000 + orders, isHot });
  const ground = await openPrivateGround(COUNTING);
  try {
    const flags = profiles ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`] : [];
    const shop = await open(ground, { demand, clients, processes, flags });
    try {
      return await measure({ ground, shop, orders, demand, clients, warmUpFor, idleFor, profiles });
    } finally {
      await shop.close();
    }
  } finally {
    await ground.leave({ isKept: false });
  }
}

interface Visit extends Pick<ShopPlan, 'demand' | 'clients'> {
  readonly ground: PrivateGround;
  readonly shop: Shop;
  readonly orders: number;
  readonly warmUpFor: number;
  readonly idleFor: number;
  readonly profiles: string | undefined;
}

async function measure(visit: Visit): Promise<Figures> {
  const { ground, shop, orders, clients, idleFor, profiles } = visit;
  const meter = await openMeter(ground, shop.servers.flat());
  try {
    const idleMegabytes = megabytesOf(shop);
    const warmUp = await warmUpShop(visit);
    const placed = { ...visit.demand, orders: visit.demand.orders.slice(0, warmUp + orders) };
    if (profiles) await beginAccount(ground);
    const readSpent = await meter.start();
    const times = await load(shop, placed.orders.slice(warmUp), clients);
    await shop.quiet();
    const spent = await readSpent();
    if (profiles)
      await writeAccount(ground, times.confirmed.length, join(profiles, `statements.${process.pid}.${Date.now()}.tsv`));
    const loadedMegabytes = megabytesOf(shop);
    const books = await shop.readBooks();
    assertPaid(books, placed);
    return {
      ...timesOf(times),
      ...followUpsOf(await shop.readFollowUps(), warmUp),
      ...perOrder(spent, times.confirmed.length),
      startSeconds: shop.startedIn / 1_000,
      idleMegabytes,
      loadedMegabytes,
      idleStatements: await idle(meter, idleFor),
      wrongPieces: wrongPieces(books, placed),
    };
  } finally {
    await meter.close();
  }
}

/** Returns how many orders it took. */
async function warmUpShop({ shop, demand, clients, warmUpFor }: Visit): Promise<number> {
  const end = performance.now() + warmUpFor;
  let count = 0;
  const untilWarm = function* () {
    for (const order of demand.orders) {
      if (performance.now() >= end) return;
      count += 1;
      yield order;
    }
  };
  await load(shop, untilWarm(), clients);
  await shop.quiet();
  return count;
}

/** Of the server that takes the most. */
const megabytesOf = ({ servers }: Shop): number =>
  Math.max(...servers.map((pids) => pids.reduce((sum, pid) => sum + memoryOf(pid), 0))) / 2 ** 20;

/** What all processes together ask of the database when nobody asks anything of them, a second. */
async function idle(meter: Meter, milliseconds: number): Promise<number> {
  const readSpent = await meter.start();
  await sleep(milliseconds);
  const { statements } = await readSpent();
  return statements / (milliseconds / 1_000);
}

const timesOf = ({ elapsed, confirmed, httpCalls }: Times): Figures => ({
  ordersPerSecond: confirmed.length / (elapsed / 1_000),
  p50: percentile(confirmed, 0.5),
  p99: percentile(confirmed, 0.99),
  httpCalls: httpCalls / confirmed.length,
});

function followUpsOf({ followed, mailed }: FollowUps, warmUp: number): Figures {
  const [measuredFollowed, measuredMailed] = [followed.slice(warmUp), mailed.slice(warmUp)];
  return {
    followedP50: percentile(measuredFollowed, 0.5),
    followedP99: percentile(measuredFollowed, 0.99),
    mailedP50: percentile(measuredMailed, 0.5),
    mailedP99: percentile(measuredMailed, 0.99),
  };
}

function perOrder(spent: Spent, orders: number): Figures {
  const figures = { ...spent, cpuMs: spent.serverMs + spent.postgresMs };
  return Object.fromEntries(Object.entries(figures).map(([name, amount]) => [name, amount / orders]));
}
