import { defineEntity, p } from '@mikro-orm/postgresql';
import { type Effect, SCHEMA } from '../work/tables.ts';

/** The tables of the work as MikroORM sees them. */
export const OrderRow = defineEntity({
  name: 'OrderRow',
  schema: SCHEMA,
  tableName: 'orders',
  properties: { id: p.uuid().primary(), customerId: p.uuid(), total: p.integer() },
});

const effectRow = (effect: Effect) =>
  defineEntity({
    name: `${effect}Row`,
    schema: SCHEMA,
    tableName: effect,
    properties: { orderId: p.uuid().primary(), amount: p.integer() },
  });

export const EFFECT_ROWS = {
  invoices: effectRow('invoices'),
  reservations: effectRow('reservations'),
  mails: effectRow('mails'),
} as const;

export const WORK_ROWS = [OrderRow, ...Object.values(EFFECT_ROWS)];
