import pg from 'pg';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import type { Order } from '../work/order.ts';
import { createTables, EFFECTS } from '../work/tables.ts';
import type { Contender, PostOptions } from './contender.ts';
import { writeEffect } from './effects.ts';
import { loadPeer } from '../peers/load.ts';
import { openPgShop } from './pg-shop.ts';

interface GraphileWorker {
  readonly run: (options: object) => Promise<{ stop(): Promise<void> }>;
  readonly runMigrations: (options: object) => Promise<void>;
  readonly Logger: new (write: () => () => void) => object;
}

interface Helpers {
  readonly withPgClient: <Result>(work: (client: pg.PoolClient) => Promise<Result>) => Promise<Result>;
}

type Tuning = { readonly concurrentJobs: number } & Readonly<Record<string, unknown>>;

/** A job for each subscriber, added in the order's own transaction; jobs are done before they are marked so. */
const graphileWorker = (tuning: Tuning): Contender => ({
  prepare: async (address) => {
    await createTables(address);
    const { runMigrations, Logger } = await load();
    const pgPool = openPool(address, 1);
    await runMigrations({ pgPool, logger: new Logger(() => () => undefined) });
    await pgPool.end();
  },
  open: async (address, options) => {
    const shop = openPgShop(address, options.producers, addJobs);
    const { run, Logger } = await load();
    const pgPool = openPool(address, tuning.concurrentJobs + 2);
    let runner: { stop(): Promise<void> } | undefined;
    return {
      ...shop,
      startDelivery: async () => {
        runner = await run({
          pgPool,
          taskList: tasksOf(options),
          noHandleSignals: true,
          logger: new Logger(() => () => undefined),
          preset: { worker: tuning },
        });
      },
      close: async () => {
        await runner?.stop();
        await Promise.all([shop.close(), pgPool.end()]);
      },
    };
  },
});

/** Each worker asks for the next job itself. */
export const graphileDefault = graphileWorker({ concurrentJobs: 24 });

/** As its guide to performance has it: jobs are fetched, and marked done, by the hundreds. */
export const graphileLocalQueue = graphileWorker({
  concurrentJobs: 24,
  localQueue: { size: 500 },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
});

const load = () => loadPeer<GraphileWorker>('graphile-worker');

function openPool(address: DatabaseAddress, max: number): pg.Pool {
  const pool = new pg.Pool({ ...address, max });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

const addJobs = (client: pg.PoolClient, orders: readonly Order[]) =>
  client.query({
    name: 'add-jobs',
    text: `select count(*) from graphile_worker.add_jobs(
             array(select json_populate_record(null::graphile_worker.job_spec, spec) from json_array_elements($1) spec))`,
    values: [JSON.stringify(orders.flatMap((payload) => EFFECTS.map((identifier) => ({ identifier, payload }))))],
  });

const tasksOf = ({ heard }: Pick<PostOptions, 'heard'>) =>
  Object.fromEntries(
    EFFECTS.map((effect) => [
      effect,
      async (order: Order, { withPgClient }: Helpers) => {
        await withPgClient((client) => writeEffect(client, effect, order));
        heard(1);
      },
    ]),
  );
