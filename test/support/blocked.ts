import { expect } from 'vitest';
import type { TestDatabase } from './database.ts';
import { until } from './eventually.ts';

/** A server shows the locks of all its databases, and tables that were cloned from one template have the same number. */
const BLOCKED = `
  select from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()`;

/** Waits until exactly so many wait for a lock in this database. */
export const untilBlocked = (database: Pick<TestDatabase, 'query'>, count: number): Promise<void> =>
  until(async () => expect(await database.query(BLOCKED)).toHaveLength(count));
