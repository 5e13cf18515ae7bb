import { expect, test } from 'vitest';
import { findLanePositions } from '#events/messaging/adapters/postgresql/lanes/lane-positions';
import { createPool } from '#events/messaging/adapters/postgresql/transactions/pool';
import { histories } from '#app/contexts';
import { createDatabase } from '../support/database.ts';

test('where the lanes of several contexts are is found with one statement', async () => {
  await using database = await createDatabase(histories);
  const pool = createPool(database.address, { largest: 1, reportError: () => undefined });
  await using _ = { [Symbol.asyncDispose]: () => pool.end() };
  const id = '00000000-0000-4000-8000-000000000001';
  for (const [lane, context] of [
    [1, 'billing'],
    [2, 'checkout'],
  ]) {
    await database.query(`insert into ${context}.lane (id, names) values (${lane}, array['${context}.lane'])`);
    await database.query(`
      insert into ${context}.ledger (lane_id, from_position, to_position, to_id)
      values (${lane}, -1, 0, null), (${lane}, 0, 7, '${id}')`);
  }
  expect(await findLanePositions(pool, ['billing', 'checkout', 'fulfillment'])).toEqual(
    new Map([
      ['1', { position: 7, eventId: id }],
      ['2', { position: 7, eventId: id }],
    ]),
  );
});
