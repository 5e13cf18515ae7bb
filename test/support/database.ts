import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { migrate, type SchemaHistory } from '#app/persistence/migrate';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';

export type ServerAddress = Pick<DatabaseAddress, 'host' | 'port' | 'user'>;

/** A database of the test's own. */
export interface TestDatabase extends AsyncDisposable {
  readonly address: DatabaseAddress;
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** A statement on a connection to another database of the server. */
  onServer(text: string): Promise<void>;
}

/** A fresh database in which the histories are applied, cloned from a template that is made once for all tests. */
export async function createDatabase(histories: readonly SchemaHistory[]): Promise<TestDatabase> {
  const database = `test_${randomUUID().replaceAll('-', '')}`;
  const template = await templateOf(histories);
  await onServer(`create database ${database} template ${template} strategy file_copy`);
  const address = { ...inject('server'), database };
  const pool = new pg.Pool({ ...address, max: 4, idleTimeoutMillis: 0, allowExitOnIdle: true }).on('error', ignore);
  return {
    address,
    onServer,
    query: async (text, values) => (await pool.query(text, values)).rows,
    [Symbol.asyncDispose]: async () => {
      await pool.end();
      await onServer(`drop database ${database} with (force)`);
    },
  };
}

/** Those that this process knows to be there. */
const templates = new Map<string, Promise<void>>();

async function templateOf(histories: readonly SchemaHistory[]): Promise<string> {
  const template = `template_${createHash('sha256').update(textOf(histories)).digest('hex').slice(0, 16)}`;
  if (!templates.has(template)) templates.set(template, prepareTemplate(template, histories));
  await templates.get(template);
  return template;
}

/** One process makes it, the others wait. */
async function prepareTemplate(template: string, histories: readonly SchemaHistory[]): Promise<void> {
  const client = new pg.Client(administration);
  await client.connect();
  try {
    await client.query(`select pg_advisory_lock(hashtextextended($1, 0))`, [template]);
    const { rowCount } = await client.query('select from pg_database where datname = $1 and datistemplate', [template]);
    if (rowCount === 1) return;
    await client.query(`drop database if exists ${template}`);
    await client.query(`create database ${template}`);
    await migrate({ ...inject('server'), database: template }, histories);
    await client.query(`alter database ${template} is_template true`);
  } finally {
    await client.end();
  }
}

const textOf = (histories: readonly SchemaHistory[]) =>
  histories.flatMap(({ schema, migrations }) => migrations.map(({ sql }) => sql(schema))).join('\n');

/** A test may cut every connection to its database, this one among them. */
const ignore = () => undefined;

const administration = { ...inject('server'), database: 'postgres' };

/** Kept for the whole run: a connection costs more than most of what is asked over it. */
const server = new pg.Pool({ ...administration, max: 1, idleTimeoutMillis: 0, allowExitOnIdle: true });

async function onServer(text: string): Promise<void> {
  await server.query(text);
}
