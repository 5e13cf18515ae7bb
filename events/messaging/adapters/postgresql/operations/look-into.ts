import pg from 'pg';
import { connectionOptions, type DatabaseAddress } from '../transactions/pool.ts';

/** There is no log where one was looked for. */
export class NoLog extends Error {
  constructor(database: string) {
    super(`the database ${database} holds no log: is it the right one?`);
    this.name = 'NoLog';
  }
}

/** A connection to a database as it is, whose schema may be older than the code: over it nothing can be written. @throws {NoLog} */
export async function lookInto(address: DatabaseAddress): Promise<pg.Client> {
  const client = new pg.Client(connectionOptions(address));
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('set default_transaction_read_only = on');
    const { rows } = await client.query<{ log: string | null }>(`select to_regclass('messaging.log') as log`);
    if (rows[0]!.log === null) throw new NoLog(address.database);
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}
