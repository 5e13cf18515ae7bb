import { defineEntity, LockMode, MikroORM, p } from '@mikro-orm/postgresql';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import type { Order } from '../work/order.ts';
import { createTables, EFFECTS, SCHEMA } from '../work/tables.ts';
import type { Contender, PostOptions } from './contender.ts';
import { EFFECT_ROWS, OrderRow, WORK_ROWS } from './mikro-orm-entities.ts';
import { CREATE_OUTBOX } from './naive-outbox.ts';
import { pollingDelivery } from './polling.ts';

const OutboxRow = defineEntity({
  name: 'OutboxRow',
  schema: SCHEMA,
  tableName: 'outbox',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    type: p.text(),
    data: p.json<Order>(),
    processedAt: p.datetime().nullable(),
  },
});

const BATCH = 500;

/** The same outbox as a team writes it with MikroORM: a transaction per batch, one flush, one update. */
export const naiveMikroOrm: Contender = {
  prepare: (address) => createTables(address, CREATE_OUTBOX),
  open: async (address, options) => {
    const orm = await openOrm(address, options.producers + 1);
    await orm.em.getConnection().execute('select 1');
    const delivery = pollingDelivery(() => takeBatch(orm, options), options);
    return {
      place: (orders) => place(orm, orders, true),
      placeSilently: (order) => place(orm, [order], false),
      startDelivery: delivery.start,
      close: async () => {
        await delivery.stop();
        await orm.close(true);
      },
    };
  },
};

const place = (orm: MikroORM, orders: readonly Order[], withFacts: boolean): Promise<void> =>
  orm.em.fork().transactional(async (em) => {
    for (const order of orders) {
      em.create(OrderRow, { id: order.orderId, customerId: order.customerId, total: order.total });
      if (withFacts) em.create(OutboxRow, { type: 'bench.OrderPlaced', data: order });
    }
  });

async function takeBatch(orm: MikroORM, { heard }: Pick<PostOptions, 'heard'>): Promise<number> {
  const taken = await orm.em.fork().transactional(async (em) => {
    const rows = await em.find(
      OutboxRow,
      { processedAt: null },
      { orderBy: { id: 'asc' }, limit: BATCH, lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE },
    );
    for (const { data } of rows)
      for (const effect of EFFECTS) em.create(EFFECT_ROWS[effect], { orderId: data.orderId, amount: data.total });
    await em.flush();
    await em.nativeUpdate(OutboxRow, { id: { $in: rows.map(({ id }) => id) } }, { processedAt: new Date() });
    return rows.length;
  });
  heard(taken * EFFECTS.length);
  return taken;
}

const openOrm = ({ host, port, user, database }: DatabaseAddress, connections: number) =>
  MikroORM.init({
    entities: [...WORK_ROWS, OutboxRow],
    host,
    port,
    user,
    dbName: database,
    pool: { min: 0, max: connections },
    ensureDatabase: false,
  });
