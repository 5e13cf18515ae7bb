import pg from 'pg';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import type { Order } from '../work/order.ts';
import { createTables, EFFECTS, SCHEMA } from '../work/tables.ts';
import type { Contender, PostOptions } from './contender.ts';
import { writeEffect } from './effects.ts';
import { loadPeer } from '../peers/load.ts';
import { openPgShop } from './pg-shop.ts';

interface Fact {
  readonly type: 'OrderPlaced';
  readonly data: Order;
}

interface Store {
  readonly schema: { migrate(): Promise<unknown> };
  appendToStream(stream: string, facts: readonly Fact[]): Promise<unknown>;
  close(): Promise<void>;
}

interface Consumer {
  reactor(options: object): unknown;
  start(): Promise<void>;
  stop(): Promise<void>;
  close(): Promise<void>;
}

interface Emmett {
  readonly getPostgreSQLEventStore: (connection: string, options: object) => Store;
  readonly postgreSQLEventStoreConsumer: (options: object) => Consumer;
  readonly postgreSQLRawSQLProjection: (options: object) => unknown;
}

interface Pulling {
  readonly batchSize: number;
  readonly pullingFrequencyInMs: number;
}

/** An event store: the order is a projection of its fact, written in the same transaction; each subscriber is a reactor. */
const emmettWith = (pulling?: Pulling): Contender => ({
  prepare: async (address) => {
    await createTables(address);
    const store = await openStore(address, 1);
    await store.schema.migrate();
    await store.close();
  },
  open: async (address, options) => {
    const store = await openStore(address, options.producers);
    const { placeSilently, close } = openPgShop(address, options.producers, async () => undefined);
    const consumer = await openConsumer(address, options, pulling);
    let running: Promise<void> | undefined;
    return {
      place: async (orders) => {
        const facts = orders.map((data): Fact => ({ type: 'OrderPlaced', data }));
        await store.appendToStream(`order-${orders[0]!.orderId}`, facts);
      },
      placeSilently,
      startDelivery: async () => {
        running = consumer.start();
        running.catch(options.reportError);
      },
      close: async () => {
        if (running) await consumer.stop();
        await consumer.close();
        await Promise.all([store.close(), close()]);
      },
    };
  },
});

/** As it comes: batches of 100, and a look every 50 ms. */
export const emmettDefault = emmettWith();
export const emmettPullingMore = emmettWith({ batchSize: 500, pullingFrequencyInMs: 1 });

const load = () => loadPeer<Emmett>('@event-driven-io/emmett-postgresql');

async function openStore(address: DatabaseAddress, connections: number): Promise<Store> {
  const { getPostgreSQLEventStore, postgreSQLRawSQLProjection } = await load();
  const { sql } = await loadPeer<{ sql: (text: string, ...values: unknown[]) => unknown }>('@event-driven-io/dumbo');
  const orders = postgreSQLRawSQLProjection({
    name: 'orders',
    canHandle: ['OrderPlaced'],
    evolve: ({ data: { orderId, customerId, total } }: Fact) =>
      sql(`insert into ${SCHEMA}.orders (id, customer_id, total) values (%L, %L, %L)`, orderId, customerId, total),
  });
  return getPostgreSQLEventStore(connectionString(address), {
    projections: [{ type: 'inline', projection: orders }],
    connectionOptions: { pool: new pg.Pool({ ...address, max: connections }) },
    schema: { autoMigration: 'None' },
  });
}

async function openConsumer(
  address: DatabaseAddress,
  { heard }: PostOptions,
  pulling: Pulling | undefined,
): Promise<Consumer> {
  const { postgreSQLEventStoreConsumer } = await load();
  const consumer = postgreSQLEventStoreConsumer({
    connectionString: connectionString(address),
    ...(pulling && { pulling }),
  });
  for (const effect of EFFECTS)
    consumer.reactor({
      processorId: effect,
      canHandle: ['OrderPlaced'],
      startFrom: 'CURRENT',
      eachMessage: async ({ data }: Fact, { connection }: { connection: { client: pg.PoolClient } }) => {
        await writeEffect(connection.client, effect, data);
        heard(1);
      },
    });
  return consumer;
}

const connectionString = ({ host, port, user, database }: DatabaseAddress) =>
  `postgresql://${user}@${encodeURIComponent(host)}:${port}/${database}`;
