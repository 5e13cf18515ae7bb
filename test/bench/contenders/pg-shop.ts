import pg from 'pg';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import type { Order } from '../work/order.ts';
import { SCHEMA } from '../work/tables.ts';
import type { Post } from './contender.ts';

/** Records the facts of orders on the connection whose transaction places them. */
type RecordFacts = (client: pg.PoolClient, orders: readonly Order[]) => Promise<unknown>;

/** Who places orders. */
export type Shop = Pick<Post, 'place' | 'placeSilently' | 'close'>;

/** A shop on plain pg: BEGIN, the order, its fact, COMMIT. */
export function openPgShop(address: DatabaseAddress, producers: number, record: RecordFacts): Shop {
  const pool = new pg.Pool({ ...address, max: producers });
  return {
    place: (orders) =>
      inTransaction(pool, async (client) => {
        await insertOrders(client, orders);
        await record(client, orders);
      }),
    placeSilently: (order) => inTransaction(pool, (client) => insertOrders(client, [order])),
    close: () => pool.end(),
  };
}

export async function inTransaction(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<unknown>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await work(client);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

async function insertOrders(client: pg.PoolClient, orders: readonly Order[]): Promise<void> {
  await client.query({
    name: 'orders',
    text: `insert into ${SCHEMA}.orders (id, customer_id, total) select * from unnest($1::uuid[], $2::uuid[], $3::int[])`,
    values: [
      orders.map(({ orderId }) => orderId),
      orders.map(({ customerId }) => customerId),
      orders.map(({ total }) => total),
    ],
  });
}
