import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { migrate, type SchemaHistory } from '#app/persistence/migrate';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/pool';

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
  await onServer(async (server) => {
    const template = await prepareTemplate(server, histories);
    await server.query(`create database ${database} template ${template} strategy file_copy`);
  });
  const address = { ...inject('server'), database };
  const pool = new pg.Pool({ ...address, max: 4, idleTimeoutMillis: 0, allowExitOnIdle: true }).on('error', ignore);
  return {
    address,
    onServer: (text) => onServer(async (client) => void (await client.query(text))),
    query: async (text, values) => (await pool.query(text, values)).rows,
    [Symbol.asyncDispose]: async () => {
      await pool.end();
      await onServer((server) => server.query(`drop database ${database} with (force)`));
    },
  };
}

async function prepareTemplate(server: pg.Client, histories: readonly SchemaHistory[]): Promise<string> {
  const template = `template_${createHash('sha256').update(textOf(histories)).digest('hex').slice(0, 16)}`;
  await server.query(`select pg_advisory_lock(hashtextextended($1, 0))`, [template]);
  const { rowCount } = await server.query('select from pg_database where datname = $1 and datistemplate', [template]);
  if (rowCount === 0) {
    await server.query(`drop database if exists ${template}`);
    await server.query(`create database ${template}`);
    await migrate({ ...inject('server'), database: template }, histories);
    await server.query(`alter database ${template} is_template true`);
  }
  return template;
}

const textOf = (histories: readonly SchemaHistory[]) =>
  histories.flatMap(({ schema, migrations }) => migrations.map(({ sql }) => sql(schema))).join('\n');

/** A test may cut every connection to its database, this one among them. */
const ignore = () => undefined;

async function onServer<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ ...inject('server'), database: 'postgres' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
