import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { histories } from '#app/contexts';
import { createDatabase } from '../../support/database.ts';
import { holds, type Balance } from './account.ts';
import { countDeadlocksOf, type Ground } from './ground.ts';
import { explain } from './report.ts';

/** A database on the tests' own PostgreSQL, for a proof in its reduced form. */
export async function openTestGround(): Promise<Ground & AsyncDisposable> {
  const database = await createDatabase(histories);
  const directory = await mkdtemp(join(tmpdir(), 'microlith-proof-'));
  return {
    database: database.address,
    data: join(directory, 'data'),
    logs: directory,
    countDeadlocks: () => countDeadlocksOf(database.address),
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** What does not balance, entry by entry, in words. */
export const faultsIn = (balances: readonly Balance[]): string[] =>
  balances.filter((balance) => !holds(balance)).flatMap(explain);

/** The names of the balances that do not hold. */
export const broken = (balances: readonly Balance[]): string[] =>
  balances.filter((balance) => !holds(balance)).map(({ name }) => name);
