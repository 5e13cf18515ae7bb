import type pg from 'pg';
import { type Effect, SCHEMA } from '../work/tables.ts';
import type { Order } from '../work/order.ts';

type Paid = Pick<Order, 'orderId' | 'total'>;

/** One effect, by one statement. */
export const writeEffect = async (client: pg.ClientBase | pg.Pool, effect: Effect, { orderId, total }: Paid) => {
  await client.query({
    name: effect,
    text: `insert into ${SCHEMA}.${effect} (order_id, amount) values ($1, $2)`,
    values: [orderId, total],
  });
};

/** Many effects by one statement. */
export const writeEffects = async (client: pg.ClientBase | pg.Pool, effect: Effect, orders: readonly Paid[]) => {
  await client.query({
    name: `${effect}.all`,
    text: `insert into ${SCHEMA}.${effect} (order_id, amount) select * from unnest($1::uuid[], $2::int[])`,
    values: [orders.map(({ orderId }) => orderId), orders.map(({ total }) => total)],
  });
};
