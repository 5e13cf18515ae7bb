import { PostgresLogSource } from '#events/messaging/adapters/postgresql/log/log-source';
import { createPool } from '#events/messaging/adapters/postgresql/transactions/pool';
import { PostgresStore, type StoreDependencies } from '#events/messaging/adapters/postgresql/store';
import { contextHistory, logHistory } from '#app/persistence/migrate';
import { systemClock } from '#shared-kernel/clock';
import type pg from 'pg';
import { deskMigrations, deskOnMikroOrm } from '../contracts/messaging/desk/mikro-orm.ts';
import type { DeskScope } from '../contracts/messaging/desk/note.ts';
import { createDatabase, type TestDatabase } from './database.ts';

/** The smallest context in a database of its own, with everything a test may want to disturb. */
export interface Desk extends AsyncDisposable {
  readonly database: TestDatabase;
  readonly pool: pg.Pool;
  readonly store: PostgresStore<DeskScope>;
  readonly source: PostgresLogSource;
  /** Another store on the same tables. */
  reopen(
    options: Partial<Pick<StoreDependencies, 'onAppended' | 'noticeOf' | 'memberName' | 'clock'>>,
  ): Promise<PostgresStore<DeskScope>>;
}

const ignore = () => undefined;

export async function openDesk(poolSize = 8): Promise<Desk> {
  const database = await createDatabase([logHistory, contextHistory('desk', deskMigrations)]);
  const pool = createPool(database.address, { largest: poolSize, reportError: ignore });
  const store = await PostgresStore.open(deskOnMikroOrm, { pool, clock: systemClock, onAppended: ignore });
  const source = new PostgresLogSource(database.address, {
    reportError: ignore,
    onNotice: ignore,
  });
  return {
    database,
    pool,
    store,
    source,
    reopen: (options) =>
      PostgresStore.open(deskOnMikroOrm, { pool, clock: systemClock, onAppended: ignore, ...options }),
    [Symbol.asyncDispose]: async () => {
      await source.close();
      await pool.end();
      await database[Symbol.asyncDispose]();
    },
  };
}
