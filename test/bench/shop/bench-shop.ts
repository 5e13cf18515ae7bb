import { setTimeout as sleep } from 'node:timers/promises';
import { gather } from '../../proofs/support/crowd.ts';
import { openPrivateGround, type PrivateGround, query } from '../../proofs/support/ground.ts';
import { quiet } from '../../proofs/support/quiet.ts';
import { type ServerProcess, startServer } from '../../proofs/support/server-process.ts';
import { planLoad } from './demand.ts';
import { load, percentile } from './load.ts';
import { memoryOf, Meters, spent } from './meters.ts';
import { Watcher } from './watcher.ts';

export interface ShopBench {
  readonly orders: number;
  readonly clients: number;
  readonly processes: number;
  readonly products: number;
  readonly seed: number;
}

/** One run's figures, by the names of the goals. */
export interface ShopFigures {
  readonly ordersPerSecond: number;
  readonly answeredMs: Percentiles;
  readonly confirmedMs: Percentiles;
  /** From the fact that an order was placed to the fact that its mail was sent. */
  readonly followUpMs: Percentiles;
  readonly statementsPerOrder: number;
  readonly commitsPerOrder: number;
  readonly writesPerOrder: number;
  readonly walKilobytesPerOrder: number;
  readonly serverCpuMsPerOrder: number;
  readonly postgresCpuMsPerOrder: number;
  readonly clientCpuMsPerOrder: number;
  readonly startMs: number;
  readonly idleMegabytes: number;
  readonly loadedMegabytes: number;
  readonly idleStatementsPerSecond: number;
}

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

const WARM_UP = 400;
const IDLE_FOR = 10_000;
const SETTINGS = { shared_preload_libraries: 'pg_stat_statements' };

/** Measures a shop from outside: its public HTTP API, its database's counters, what the system says of its processes. */
export async function benchShop(plan: ShopBench): Promise<ShopFigures> {
  const ground = await openPrivateGround(SETTINGS);
  const servers: ServerProcess[] = [];
  try {
    await (await startServer(ground, 'first')).stop();
    const startsAt = performance.now();
    servers.push(await startServer(ground, 'server-0'));
    const startMs = performance.now() - startsAt;
    for (let at = 1; at < plan.processes; at += 1) servers.push(await startServer(ground, `server-${at}`));
    return { startMs, ...(await measure(ground, servers, plan)) };
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await ground.leave({ isKept: false });
  }
}

async function measure(ground: PrivateGround, servers: readonly ServerProcess[], plan: ShopBench) {
  const demand = planLoad({ ...plan, orders: plan.orders + WARM_UP });
  const watcher = new Watcher(ground.database);
  await watcher.open();
  const pids = servers.map(({ pid }) => pid);
  const meters = await Meters.open(ground, pids);
  try {
    const idleMegabytes = Math.max(...pids.map(memoryOf));
    const crowd = await gather({ ground, demand, servers, clients: plan.clients });
    const run = { ...crowd, watcher };
    await load({ ...run, orders: demand.orders.slice(0, WARM_UP) });
    await quiet(ground);
    const before = await meters.read(watcher);
    const times = await load({ ...run, orders: demand.orders.slice(WARM_UP) });
    await quiet(ground);
    const used = spent(before, await meters.read(watcher));
    const loadedMegabytes = Math.max(...pids.map(memoryOf));
    const idleStatementsPerSecond = await idle(meters, watcher);
    const per = (amount: number) => amount / plan.orders;
    return {
      ordersPerSecond: plan.orders / (times.elapsed / 1_000),
      answeredMs: percentilesOf(times.answered),
      confirmedMs: percentilesOf(times.confirmed),
      followUpMs: await followUps(ground, plan.orders),
      statementsPerOrder: per(used.statements),
      commitsPerOrder: per(used.commits),
      writesPerOrder: per(used.writes),
      walKilobytesPerOrder: per(used.wal) / 1_024,
      serverCpuMsPerOrder: per(used.serverCpu),
      postgresCpuMsPerOrder: per(used.postgresCpu),
      clientCpuMsPerOrder: per(used.clientCpu),
      idleMegabytes,
      loadedMegabytes,
      idleStatementsPerSecond,
    };
  } finally {
    await watcher.close();
    await meters.close();
  }
}

const percentilesOf = (values: readonly number[]): Percentiles => ({
  p50: percentile(values, 0.5),
  p99: percentile(values, 0.99),
});

/** What all processes together ask of the database when nobody asks anything of them. */
async function idle(meters: Meters, watcher: Watcher): Promise<number> {
  const before = await meters.read(watcher);
  await sleep(IDLE_FOR);
  const { statements } = spent(before, await meters.read(watcher));
  return statements / (IDLE_FOR / 1_000);
}

async function followUps({ database }: PrivateGround, orders: number): Promise<Percentiles> {
  const [row] = await query<{ p50: number; p99: number }>(
    database,
    `with recent as (
       select correlation_id, min(recorded_at) filter (where type = 'checkout.OrderPlaced') as placed,
              max(recorded_at) filter (where type = 'notifications.MailSent') as mailed
         from messaging.log group by correlation_id
        having bool_or(type = 'checkout.OrderPlaced') order by placed desc limit $1)
     select percentile_cont(0.5) within group (order by extract(epoch from mailed - placed))::float8 * 1000 as p50,
            percentile_cont(0.99) within group (order by extract(epoch from mailed - placed))::float8 * 1000 as p99
       from recent`,
    [orders],
  );
  return row!;
}
