import type { EntityManager } from '@mikro-orm/postgresql';
import type { ContextDoors } from '#app/persistence/backbone';
import type { UnitScope } from '#events/messaging';
import type { QueueSql } from '#events/messaging/adapters/postgresql/transactions/queued-sql';
import type { Order } from '../work/order.ts';
import { createWork, type Effect, SCHEMA } from '../work/tables.ts';
import { EFFECT_ROWS, OrderRow, WORK_ROWS } from '../contenders/mikro-orm-entities.ts';

type Paid = Pick<Order, 'orderId' | 'total'>;

/** What the context's commands and subscribers may touch. */
export interface BenchScope extends UnitScope {
  readonly orders: { save(order: Order): void };
  readonly effects: {
    save(effect: Effect, order: Paid): void;
    /** Many rows by one statement. */
    saveAll(effect: Effect, orders: readonly Paid[]): void;
  };
}

/** A context like any other of the project, stored through MikroORM. */
export const benchDoors: ContextDoors<BenchScope> = {
  mikroOrm: {
    context: SCHEMA,
    entities: WORK_ROWS,
    createScope: (em, unit, queueSql) => ({ ...unit, orders: ordersOf(em), effects: effectsOf(em, queueSql) }),
  },
  inMemory: {
    context: SCHEMA,
    createScope: () => {
      throw new Error('what is measured here needs a database');
    },
  },
  migrations: [createWork],
};

const ordersOf = (em: EntityManager): BenchScope['orders'] => ({
  save: ({ orderId, customerId, total }) =>
    void em.create(OrderRow, { id: orderId, customerId, total }, { persist: true }),
});

const effectsOf = (em: EntityManager, queueSql: QueueSql): BenchScope['effects'] => ({
  save: (effect, { orderId, total }) =>
    void em.create(EFFECT_ROWS[effect], { orderId, amount: total }, { persist: true }),
  saveAll: (effect, orders) =>
    queueSql(`insert into ${SCHEMA}.${effect} (order_id, amount) select * from unnest($1::uuid[], $2::int[])`, [
      orders.map(({ orderId }) => orderId),
      orders.map(({ total }) => total),
    ]),
});
