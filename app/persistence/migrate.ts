import { createHash } from 'node:crypto';
import pg from 'pg';
import { deskMigrations } from '#migrations/messaging/desk';
import { logMigrations } from '#migrations/messaging/log';
import type { Migration } from '../../migrations/migration.ts';
import { findDesks } from '#events/messaging/adapters/postgresql/operations/desks';
import { realTiming } from '#events/messaging/timing';
import {
  type DatabaseAddress,
  IDLE_IN_TRANSACTION_TIMEOUT,
} from '#events/messaging/adapters/postgresql/transactions/pool';

/** A schema and its whole history, oldest first. */
export interface SchemaHistory {
  readonly schema: string;
  readonly migrations: readonly Migration[];
}

type Queryable = Pick<pg.Client, 'query'>;

/** A migration that was applied is not the one in the code. */
export class MigrationDrift extends Error {
  constructor(schema: string, name: string, why: string) {
    super(`${schema}: migration ${name} ${why}; released migrations are never edited, write a new one`);
    this.name = 'MigrationDrift';
  }
}

/** Hears what a migration waits for, and what it has done. */
export interface MigrationListener {
  readonly onWaiting?: () => void;
  /** A migration was applied to a schema that was there, as `schema/name`: of a new one nobody wants to hear each. */
  readonly onApplied?: (migration: string) => void;
}

export const logHistory: SchemaHistory = { schema: 'messaging', migrations: logMigrations };

/** A context's history: its part of the post office, then its own tables. */
export const contextHistory = (schema: string, migrations: readonly Migration[]): SchemaHistory => ({
  schema,
  migrations: [...deskMigrations, ...migrations],
});

/**
 * Brings every schema of a database up to date and returns what was applied, as `schema/name`. One process at a time: others
 * wait. Each migration is one transaction, journaled with it, so that an interrupted run goes on where it stopped.
 * @throws {MigrationDrift}
 */
export async function migrate(
  address: DatabaseAddress,
  histories: readonly SchemaHistory[],
  { onWaiting = () => undefined, onApplied = () => undefined }: MigrationListener = {},
): Promise<readonly string[]> {
  const client = new pg.Client({
    ...address,
    application_name: 'microlith migrate',
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT,
  });
  await client.connect();
  try {
    await waitForTurn(client, onWaiting);
    const applied: string[] = [];
    for (const history of histories) applied.push(...(await migrateSchema(client, history, onApplied)));
    for (const history of await findOtherDesks(client, histories))
      applied.push(...(await migrateSchema(client, history, onApplied)));
    return applied;
  } finally {
    await client.end();
  }
}

/** Milliseconds: whoever has only to look is through by then. */
const SHORT_WAIT = 2_000;

async function waitForTurn(client: pg.Client, onWaiting: () => void): Promise<void> {
  const callOff = realTiming.after(SHORT_WAIT, onWaiting);
  try {
    await client.query(`select pg_advisory_lock(hashtextextended('microlith migrate', 0))`);
  } finally {
    callOff();
  }
}

/** What contexts that the code no longer has have left of the post office: operators still need it. */
export async function findOtherDesks(
  client: pg.Client,
  histories: readonly SchemaHistory[],
): Promise<readonly SchemaHistory[]> {
  const known = new Set(histories.map(({ schema }) => schema));
  const others: SchemaHistory[] = [];
  for (const schema of await findDesks(client)) {
    const isLeft = !known.has(schema) && (await readJournal(client, schema)).size > 0;
    if (isLeft) others.push(contextHistory(schema, []));
  }
  return others;
}

/** What is missing in a database, as `schema/name`: two statements, since a server is asked again and again whether it is ready. */
export async function findPending(client: Queryable, histories: readonly SchemaHistory[]): Promise<readonly string[]> {
  const applied = await findApplied(client, histories);
  const all = histories.flatMap(({ schema, migrations }) => migrations.map(({ name }) => `${schema}/${name}`));
  return all.filter((name) => !applied.has(name));
}

async function findApplied(client: Queryable, histories: readonly SchemaHistory[]): Promise<ReadonlySet<string>> {
  const { rows: journals } = await client.query<{ schema: string }>(
    `select schema from unnest($1::text[]) schema where to_regclass(schema || '.migration') is not null`,
    [histories.map(({ schema }) => schema)],
  );
  if (journals.length === 0) return new Set();
  const texts = journals.map(({ schema }) => `select '${schema}/' || name as migration from ${schema}.migration`);
  const { rows } = await client.query<{ migration: string }>(texts.join(' union all '));
  return new Set(rows.map(({ migration }) => migration));
}

async function migrateSchema(
  client: pg.Client,
  { schema, migrations }: SchemaHistory,
  onApplied: (migration: string) => void,
): Promise<string[]> {
  const journal = await readJournal(client, schema);
  const missing = migrations.filter(({ name }) => !journal.has(name));
  for (const migration of migrations) assertUnchanged(schema, migration, journal);
  if (journal.size === 0) await createJournal(client, schema);
  for (const migration of missing) {
    await apply(client, schema, migration);
    if (journal.size > 0) onApplied(`${schema}/${migration.name}`);
  }
  return missing.map(({ name }) => `${schema}/${name}`);
}

async function readJournal(client: Queryable, schema: string): Promise<ReadonlyMap<string, string>> {
  const { rows: found } = await client.query<{ journal: string | null }>('select to_regclass($1) as journal', [
    `${schema}.migration`,
  ]);
  if (!found[0]!.journal) return new Map();
  const { rows } = await client.query<{ name: string; checksum: string }>(
    `select name, checksum from ${schema}.migration`,
  );
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

async function createJournal(client: pg.Client, schema: string): Promise<void> {
  await client.query(`
    create schema if not exists ${schema};
    create table if not exists ${schema}.migration (
      name text primary key,
      checksum text not null,
      applied_at timestamptz not null default now()
    )`);
}

async function apply(client: pg.Client, schema: string, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(migration.sql(schema));
    await client.query(`insert into ${schema}.migration (name, checksum) values ($1, $2)`, [
      migration.name,
      checksumOf(migration),
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`${schema}: migration ${migration.name} failed: ${(error as Error).message}`, { cause: error });
  }
}

function assertUnchanged(schema: string, migration: Migration, journal: ReadonlyMap<string, string>): void {
  const applied = journal.get(migration.name);
  if (applied && applied !== checksumOf(migration))
    throw new MigrationDrift(schema, migration.name, 'was edited after it was applied');
}

/** Of the text for a schema called `x`, so that one history has one checksum wherever it is applied. */
const checksumOf = (migration: Migration): string => createHash('sha256').update(migration.sql('x')).digest('hex');
