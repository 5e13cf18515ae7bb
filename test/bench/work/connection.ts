import pg from 'pg';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';

/** A connection for as long as the work takes. */
export async function onDatabase<Result>(
  address: DatabaseAddress,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ ...address });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The rows of one statement on a connection of its own. */
export const ask = <Row extends pg.QueryResultRow>(
  address: DatabaseAddress,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> => onDatabase(address, async (client) => (await client.query<Row>(text, [...values])).rows);
