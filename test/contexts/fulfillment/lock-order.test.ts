import pg from 'pg';
import { expect, test } from 'vitest';
import { fulfillmentOnMikroOrm } from '#contexts/fulfillment/mikro-orm';
import { contextHistory, logHistory } from '#app/persistence/migrate';
import { createPool } from '#events/messaging/adapters/postgresql/transactions/pool';
import { PostgresStore } from '#events/messaging/adapters/postgresql/store';
import { migrations } from '#migrations/fulfillment';
import { systemClock } from '#shared-kernel/clock';
import { newId, ProductId, WarehouseId } from '#shared-kernel/ids';
import { DEFAULT_TENANT } from '#shared-kernel/tenant';
import { untilBlocked } from '../../support/blocked.ts';
import { createDatabase } from '../../support/database.ts';
import { asUser } from './office.ts';

const ignore = () => undefined;

test('stock is locked in one order, whoever asks for it: two who want the same products never wait for each other', async () => {
  await using database = await createDatabase([logHistory, contextHistory('fulfillment', migrations)]);
  const { address } = database;
  const query = (text: string, values?: unknown[]) => database.query(text, values);
  await query(`alter database ${address.database} set enable_indexscan = off`);
  await query(`alter database ${address.database} set enable_bitmapscan = off`);
  const [low, high] = [newId(ProductId), newId(ProductId)].toSorted() as [ProductId, ProductId];
  for (const productId of [high, low])
    await query('insert into fulfillment.stock_levels values ($1, $2, $3, 10, 0)', [
      DEFAULT_TENANT,
      productId,
      newId(WarehouseId),
    ]);
  const other = new pg.Client(address);
  await other.connect();
  await other.query('begin');
  await other.query('select from fulfillment.stock_levels where product_id = $1 for update', [low]);

  const pool = createPool(address, { largest: 1, reportError: ignore });
  const store = await PostgresStore.open(fulfillmentOnMikroOrm, { pool, clock: systemClock, onAppended: ignore });
  const locking = asUser(() => store.unitOfWork(({ stock }) => stock.lock([high, low])));
  await untilBlocked(database, 1);
  const free = await query('select product_id from fulfillment.stock_levels for update skip locked');
  await other.query('rollback');
  await locking;
  await Promise.all([other.end(), pool.end()]);
  expect(free).toEqual([{ product_id: high }]);
});
