import { lookInto } from '#events/messaging/adapters/postgresql/operations/look-into';
import { counted } from '#events/messaging/watching/counted';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import { findOtherDesks, findPending, type SchemaHistory } from './migrate.ts';

/** A database is older than the code, which only looks at it. */
export class MigrationsPending extends Error {
  constructor(database: string, pending: readonly string[]) {
    super(
      `the database ${database} lacks ${counted(pending.length, 'migration')} of this code: start a server of it first, or use the command line of the code that runs. Missing: ${pending.join(', ')}`,
    );
    this.name = 'MigrationsPending';
  }
}

/** For whoever takes a database as it is: nothing is migrated, nothing is written. @throws {NoLog} {@link MigrationsPending} */
export async function assertUpToDate(address: DatabaseAddress, histories: readonly SchemaHistory[]): Promise<void> {
  const client = await lookInto(address);
  try {
    const all = [...histories, ...(await findOtherDesks(client, histories))];
    const pending = await findPending(client, all);
    if (pending.length > 0) throw new MigrationsPending(address.database, pending);
  } finally {
    await client.end();
  }
}
