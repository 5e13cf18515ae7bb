import pg from 'pg';
import type { Order } from '../work/order.ts';
import { createTables, EFFECTS, SCHEMA } from '../work/tables.ts';
import type { Contender, PostOptions } from './contender.ts';
import { writeEffect, writeEffects } from './effects.ts';
import { inTransaction, openPgShop } from './pg-shop.ts';
import { pollingDelivery } from './polling.ts';

/** The outbox table of the tutorials. */
export const CREATE_OUTBOX = `
  create table ${SCHEMA}.outbox (
    id bigint generated always as identity primary key,
    type text not null,
    data json not null,
    created_at timestamptz not null default now(),
    processed_at timestamptz
  );
  create index outbox_unprocessed on ${SCHEMA}.outbox (id) where processed_at is null`;

const BATCH = 500;

type Handle = (client: pg.PoolClient, orders: readonly Order[]) => Promise<void>;

/** Takes a batch with SKIP LOCKED, handles it and marks it processed, in one transaction. */
const naiveOutbox = (handle: Handle, batch = BATCH): Contender => ({
  prepare: (address, oldFacts) => createTables(address, `${CREATE_OUTBOX}; ${insertOldFacts(oldFacts)}`),
  open: async (address, options) => {
    const shop = openPgShop(address, options.producers, recordFacts);
    const pool = new pg.Pool({ ...address, max: 1 });
    await pool.query('select');
    const delivery = pollingDelivery(() => takeBatch(pool, handle, batch, options), options);
    return {
      ...shop,
      startDelivery: delivery.start,
      close: async () => {
        await delivery.stop();
        await Promise.all([shop.close(), pool.end()]);
      },
    };
  },
});

const recordFacts = (client: pg.PoolClient, orders: readonly Order[]) =>
  client.query(
    `insert into ${SCHEMA}.outbox (type, data) select 'bench.OrderPlaced', data from unnest($1::json[]) data`,
    [orders],
  );

const insertOldFacts = (count: number) => `
  insert into ${SCHEMA}.outbox (type, data, processed_at)
  select 'bench.OrderPlaced', json_build_object('note', repeat('x', 480)), now() from generate_series(1, ${count})`;

async function takeBatch(
  pool: pg.Pool,
  handle: Handle,
  batch: number,
  { heard }: Pick<PostOptions, 'heard'>,
): Promise<number> {
  let taken = 0;
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ id: string; data: Order }>(
      `select id, data from ${SCHEMA}.outbox where processed_at is null order by id limit ${batch} for update skip locked`,
    );
    taken = rows.length;
    if (taken === 0) return;
    const orders = rows.map(({ data }) => data);
    await handle(client, orders);
    await client.query(`update ${SCHEMA}.outbox set processed_at = now() where id = any($1)`, [
      rows.map(({ id }) => id),
    ]);
  });
  heard(taken * EFFECTS.length);
  return taken;
}

/** An INSERT for each effect. */
export const naive = naiveOutbox(async (client, orders) => {
  for (const order of orders) for (const effect of EFFECTS) await writeEffect(client, effect, order);
});

/** An INSERT for each subscriber and batch. */
const writeSets: Handle = async (client, orders) => {
  for (const effect of EFFECTS) await writeEffects(client, effect, orders);
};

export const naiveSetBased = naiveOutbox(writeSets);
/** In batches as large as ours are. */
export const naiveSetBasedTakingMore = naiveOutbox(writeSets, 2_000);
