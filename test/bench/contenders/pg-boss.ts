import pg from 'pg';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import type { Order } from '../work/order.ts';
import { createTables, type Effect, EFFECTS } from '../work/tables.ts';
import type { Contender } from './contender.ts';
import { writeEffect, writeEffects } from './effects.ts';
import { loadPeer } from '../peers/load.ts';
import { openPgShop } from './pg-shop.ts';

interface Boss {
  start(): Promise<unknown>;
  stop(options: object): Promise<void>;
  createQueue(name: string, options: object): Promise<void>;
  insert(name: string, jobs: readonly { data: object }[], options: object): Promise<unknown>;
  work(name: string, options: object, handle: (jobs: readonly { data: Order }[]) => Promise<void>): Promise<string>;
  on(event: 'error', listen: (error: unknown) => void): void;
}

interface PgBoss {
  readonly PgBoss: new (options: object) => Boss;
}

type Handle = (pool: pg.Pool, effect: Effect, orders: readonly Order[]) => Promise<unknown>;

/**
 * A queue for each subscriber, filled in the order's own transaction. Full batches are followed at once by the next, and
 * NOTIFY wakes who waits.
 */
const pgBoss = (batchSize: number, handle: Handle): Contender => ({
  prepare: async (address) => {
    await createTables(address);
    const boss = await openBoss(address);
    await boss.start();
    for (const effect of EFFECTS) await boss.createQueue(effect, { notify: true });
    await boss.stop(AT_ONCE);
  },
  open: async (address, { producers, heard, reportError }) => {
    const boss = await openBoss(address);
    boss.on('error', reportError);
    await boss.start();
    const shop = openPgShop(address, producers, (client, orders) => insertJobs(boss, client, orders));
    const pool = new pg.Pool({ ...address, max: CONNECTIONS });
    await pool.query('select');
    return {
      ...shop,
      startDelivery: async () => {
        for (const effect of EFFECTS)
          await boss.work(
            effect,
            { batchSize, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true },
            async (jobs) => {
              const orders = jobs.map(({ data }) => data);
              await handle(pool, effect, orders);
              heard(orders.length);
            },
          );
      },
      close: async () => {
        await boss.stop(AT_ONCE);
        await Promise.all([shop.close(), pool.end()]);
      },
    };
  },
});

const CONNECTIONS = 10;
const AT_ONCE = { graceful: true, timeout: 5_000 };

export const pgBossBatches = pgBoss(100, (pool, effect, orders) =>
  Promise.all(orders.map((order) => writeEffect(pool, effect, order))),
);

export const pgBossSetBased = pgBoss(500, writeEffects);

async function openBoss({ host, port, user, database }: DatabaseAddress): Promise<Boss> {
  const library = await loadPeer<PgBoss>('pg-boss');
  return new library.PgBoss({
    host,
    port,
    user,
    database,
    max: CONNECTIONS,
    useListenNotify: true,
    schedule: false,
    supervise: false,
  });
}

async function insertJobs(boss: Boss, client: pg.PoolClient, orders: readonly Order[]): Promise<void> {
  const db = { executeSql: (text: string, values?: unknown[]) => client.query(text, values) };
  for (const effect of EFFECTS)
    await boss.insert(
      effect,
      orders.map((data) => ({ data })),
      { db },
    );
}
