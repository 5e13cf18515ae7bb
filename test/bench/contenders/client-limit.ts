import pg from 'pg';
import { ask } from '../work/connection.ts';
import type { Order } from '../work/order.ts';
import { createTables, EFFECTS, SCHEMA } from '../work/tables.ts';
import type { Contender, PostOptions } from './contender.ts';
import { writeEffects } from './effects.ts';
import { inTransaction, openPgShop } from './pg-shop.ts';

const BATCH = 500;

type Paid = Pick<Order, 'orderId' | 'total'>;

const UNWRITTEN = `
  select id as "orderId", total from ${SCHEMA}.orders o
   where not exists (select from ${SCHEMA}.${EFFECTS[0]} e where e.order_id = o.id) order by id`;

/**
 * As fast as one client can write the effects: it holds all orders in memory, reads no facts and keeps no progress. Nobody
 * who delivers can be faster.
 */
export const clientLimit: Contender = {
  prepare: (address) => createTables(address),
  open: async (address, { producers, heard }) => {
    const shop = openPgShop(address, producers, async () => undefined);
    const orders = await ask<Paid>(address, UNWRITTEN);
    const pool = new pg.Pool({ ...address, max: 1, pipeline: true });
    await pool.query('select');
    let running: Promise<void> | undefined;
    return {
      ...shop,
      startDelivery: async () => {
        running = writeAll(pool, orders, heard);
      },
      close: async () => {
        await running;
        await Promise.all([shop.close(), pool.end()]);
      },
    };
  },
};

async function writeAll(pool: pg.Pool, orders: readonly Paid[], heard: PostOptions['heard']): Promise<void> {
  for (let at = 0; at < orders.length; at += BATCH) {
    const batch = orders.slice(at, at + BATCH);
    await inTransaction(pool, (client) => Promise.all(EFFECTS.map((effect) => writeEffects(client, effect, batch))));
    heard(batch.length * EFFECTS.length);
  }
}
