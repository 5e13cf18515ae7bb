import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import type { Migration } from '../../../migrations/migration.ts';
import { onDatabase } from './connection.ts';

/** Where the three subscribers write: a row for each order. Nothing forbids two, so that a second one is seen. */
export const EFFECTS = ['invoices', 'reservations', 'mails'] as const;
export type Effect = (typeof EFFECTS)[number];

/** The tables of the work, the same for every contender. */
export const createWork: Migration = {
  name: '0001_create_work',
  sql: (schema) => `
    create table ${schema}.orders (id uuid primary key, customer_id uuid not null, total int not null);
    ${EFFECTS.map(
      (effect) => `
        create table ${schema}.${effect} (order_id uuid not null, amount int not null);
        create index ${effect}_order_id on ${schema}.${effect} (order_id);`,
    ).join('')}`,
};

export const SCHEMA = 'bench';

/** The tables for a contender that brings no migrations of its own. */
export const createTables = (address: DatabaseAddress, more = ''): Promise<void> =>
  onDatabase(address, async (client) => {
    await client.query(`create schema ${SCHEMA}; ${createWork.sql(SCHEMA)}; ${more}`);
  });
