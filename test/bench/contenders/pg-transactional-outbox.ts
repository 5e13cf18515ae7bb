import type pg from 'pg';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import { uuidV7 } from '#shared-kernel/uuid';
import type { Order } from '../work/order.ts';
import { createTables, EFFECTS, SCHEMA } from '../work/tables.ts';
import type { Contender, PostOptions } from './contender.ts';
import { writeEffect } from './effects.ts';
import { loadPeer } from '../peers/load.ts';
import { openPgShop } from './pg-shop.ts';

interface Message {
  readonly id: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly messageType: string;
  readonly payload: Order;
  readonly createdAt: string;
  readonly concurrency: 'parallel';
}

interface Library {
  readonly DatabaseSetup: Readonly<
    Record<'dropAndCreateTable' | 'createPollingFunction' | 'setupPollingIndexes', (config: object) => string>
  >;
  readonly initializeMessageStorage: (
    config: object,
    logger: object,
  ) => (message: Message, client: pg.PoolClient) => Promise<void>;
  readonly initializePollingMessageListener: (
    config: object,
    handler: object,
    logger: object,
  ) => readonly [shutdown: () => Promise<void>];
  readonly getDisabledLogger: () => object;
}

const TABLE = { outboxOrInbox: 'outbox', schema: SCHEMA, table: 'outbox', nextMessagesName: 'next_messages' };

/** One message for each order; its handler writes the three effects in the transaction that marks it processed. */
export const pgTransactionalOutbox: Contender = {
  prepare: async (address) => {
    const { DatabaseSetup } = await load();
    const config = { ...TABLE, database: address.database, listenerRole: address.user };
    await createTables(
      address,
      [DatabaseSetup.dropAndCreateTable, DatabaseSetup.createPollingFunction, DatabaseSetup.setupPollingIndexes]
        .map((create) => create(config))
        .join(';\n'),
    );
  },
  open: async (address, options) => {
    const library = await load();
    const logger = library.getDisabledLogger();
    const config = configFor(address);
    const store = library.initializeMessageStorage(config, logger);
    const shop = openPgShop(address, options.producers, async (client, orders) => {
      for (const order of orders) await store(messageOf(order), client);
    });
    let shutdown: (() => Promise<void>) | undefined;
    return {
      ...shop,
      startDelivery: async () => {
        [shutdown] = library.initializePollingMessageListener(config, handlerFor(options), logger);
      },
      close: async () => {
        await shutdown?.();
        await shop.close();
      },
    };
  },
};

const load = () => loadPeer<Library>('pg-transactional-outbox');

/** The batch is also how many are handled at the same time, each on a connection: as many as pg's pool has. */
const configFor = (address: DatabaseAddress) => ({
  outboxOrInbox: 'outbox',
  dbListenerConfig: address,
  dbHandlerConfig: address,
  settings: {
    dbSchema: SCHEMA,
    dbTable: TABLE.table,
    nextMessagesFunctionSchema: SCHEMA,
    nextMessagesFunctionName: TABLE.nextMessagesName,
    nextMessagesBatchSize: 10,
    nextMessagesPollingIntervalInMs: 10,
    enableMaxAttemptsProtection: false,
    enablePoisonousMessageProtection: false,
  },
});

const messageOf = (order: Order): Message => ({
  id: uuidV7(),
  aggregateType: 'order',
  aggregateId: order.orderId,
  messageType: 'order_placed',
  payload: order,
  createdAt: new Date().toISOString(),
  concurrency: 'parallel',
});

const handlerFor = ({ heard }: Pick<PostOptions, 'heard'>) => ({
  handle: async ({ payload }: Message, client: pg.PoolClient) => {
    for (const effect of EFFECTS) await writeEffect(client, effect, payload);
    heard(EFFECTS.length);
  },
});
