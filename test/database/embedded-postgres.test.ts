import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  openEmbeddedPostgres,
} from '#app/embedded-postgres/embedded-postgres';
import { EmbeddedPostgresUnavailable } from '#app/embedded-postgres/unavailable';
import { until } from '../support/eventually.ts';

const place = mkdtempSync(join(tmpdir(), 'embedded postgres '));
const used = join(place, 'used');
const directories = [used];
const leases: EmbeddedPostgres[] = [];
const others: ChildProcess[] = [];

beforeAll(() => keepNote(used));

beforeEach(() => void vi.stubEnv('EMBEDDED_POSTGRES_LINGER_MS', '20'));

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const other of others.splice(0)) other.kill('SIGKILL');
  for (const lease of leases.splice(0)) await lease.release();
  for (const directory of directories) await stopped(directory);
});

afterAll(() => rmSync(place, { recursive: true, force: true }));

describe('the embedded PostgreSQL', () => {
  test('starts where there is nothing yet, for UTF-8 and for local use only', async () => {
    const server = await open(newDirectory());
    const [settings] = await query(
      server,
      `select pg_encoding_to_char(encoding) encoding, datlocale locale, current_setting('listen_addresses') network,
         current_setting('max_connections') connections, current_setting('fsync') fsync
       from pg_database where datname = current_database()`,
    );
    expect(settings).toEqual({ encoding: 'UTF8', locale: 'C.UTF-8', network: '', connections: '200', fsync: 'on' });
  });

  test('can be used by its owner only', async () => {
    const { host } = await open(used);
    const paths = [host, join(host, '.s.PGSQL.5432'), join(used, 'control.sock'), join(used, 'data')];
    expect(paths.map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual(['700', '700', '700', '700']);
  });

  test('takes settings', async () => {
    const server = await open(used, { settings: { max_prepared_transactions: '7' } });
    expect(await query(server, 'show max_prepared_transactions')).toEqual([{ max_prepared_transactions: '7' }]);
  });

  test('is shared by processes, and lives as long as one of them needs it', async () => {
    const server = await open(used);
    const other = await openInAnotherProcess(used);
    const postmaster = postmasterOf(used);
    await server.release();
    expect(await notes(server)).toContain('kept');
    expect(postmasterOf(used)).toBe(postmaster);
    other.kill('SIGTERM');
    await stopped(used);
  });

  test('starts once when five want it at once', async () => {
    const directory = newDirectory();
    await Promise.all([1, 2, 3, 4, 5].map(() => openInAnotherProcess(directory)));
    expect(logOf(directory).match(/starting PostgreSQL/g)).toHaveLength(1);
    expect(logOf(directory).match(/will be initialized/g)).toHaveLength(1);
  });

  test('keeps its data where the path is too long for a socket', async () => {
    const directory = newDirectory(join('a long path '.repeat(8), 'and longer '.repeat(8)));
    const server = await open(directory);
    onTestFinished(() => rmSync(dirname(server.host)));
    expect(await query(server, `select current_setting('data_directory') path`)).toEqual([
      { path: join(directory, 'data') },
    ]);
  });

  test.runIf(process.getuid?.() === 0)('runs as an account of its own where root has no user namespaces', async () => {
    const directory = newDirectory();
    await keepNote(directory);
    vi.stubEnv('EMBEDDED_POSTGRES_NO_NAMESPACE', '1');
    expect(await notes(await open(directory))).toContain('kept');
    expect(statSync(join(directory, 'data')).uid).not.toBe(0);
  });
});

describe('after a kill -9', () => {
  test('of a client, the server ends as after a release', async () => {
    const client = await openInAnotherProcess(used);
    expect(isServed(used)).toBe(true);
    client.kill('SIGKILL');
    await stopped(used);
  });

  test.each([
    ['the supervisor', (postmaster: number) => [parentOf(postmaster)]],
    ['the postmaster', (postmaster: number) => [postmaster]],
    ['both', (postmaster: number) => [parentOf(postmaster), postmaster]],
  ])('of %s, clients are told, and the next start finds what was committed', async (killed, victims) => {
    const { server, lost } = await openUntilLost(used);
    await write(server, `committed before ${killed} died`);
    for (const pid of victims(postmasterOf(used))) process.kill(pid, 'SIGKILL');
    await lost;
    expect(await notes(await open(used))).toContain(`committed before ${killed} died`);
  });

  test('of the postmaster, a query that runs on is ended by the next start', async () => {
    const { server, lost } = await openUntilLost(used);
    const backend = await startEndlessQuery(server);
    process.kill(postmasterOf(used), 'SIGKILL');
    await lost;
    expect(isAlive(backend)).toBe(true);
    expect(await notes(await open(used))).toContain('kept');
    expect(isAlive(backend)).toBe(false);
  });

  test('a lock file that names a process of somebody else stops nothing', async () => {
    const stale = [process.pid, `${used}/data`, '1', '5432', '../run', '', '', 'ready', ''];
    writeFileSync(join(used, 'data/postmaster.pid'), stale.join('\n'));
    expect(await notes(await open(used))).toContain('kept');
  });
});

describe('an embedded PostgreSQL that cannot be had', () => {
  test('refuses data of another major version, and leaves them alone', async () => {
    const version = join(used, 'data/PG_VERSION');
    writeFileSync(version, '17\n');
    await expect(open(used)).rejects.toThrow("data directory is PostgreSQL 17's, and the server is PostgreSQL 18");
    writeFileSync(version, '18\n');
    expect(await notes(await open(used))).toContain('kept');
  });

  test('says what its log says, where that is, and what to do', async () => {
    const opening = open(used, { settings: { shared_buffers: 'plenty' } });
    await expect(opening).rejects.toThrow(EmbeddedPostgresUnavailable);
    await expect(opening).rejects.toThrow('invalid value for parameter "shared_buffers": "plenty"');
    await expect(opening).rejects.toThrow(join(used, 'postgres.log'));
    await expect(opening).rejects.toThrow('DATABASE_URL');
  });

  test('says so when there are no binaries', async () => {
    await expect(open(newDirectory(), { native: '/nowhere' })).rejects.toThrow(
      'There is no PostgreSQL server in /nowhere',
    );
  });

  test('keeps nobody waiting for longer than asked for, and is there later', async () => {
    await expect(open(used, { timeoutMs: 1 })).rejects.toThrow('did not start within 1 ms');
    expect(await notes(await open(used))).toContain('kept');
  });
});

function newDirectory(name = ''): string {
  const directory = join(mkdtempSync(join(place, 'test-')), name, 'pg');
  directories.push(directory);
  return directory;
}

async function open(directory: string, options?: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const server = await openEmbeddedPostgres(directory, options);
  leases.push(server);
  return server;
}

async function openUntilLost(directory: string): Promise<{ server: EmbeddedPostgres; lost: Promise<void> }> {
  const { promise: lost, resolve: onLost } = Promise.withResolvers<void>();
  return { server: await open(directory, { onLost }), lost };
}

async function openInAnotherProcess(directory: string): Promise<ChildProcess> {
  const module = fileURLToPath(new URL('../../app/embedded-postgres/embedded-postgres.ts', import.meta.url));
  const program = `import { openEmbeddedPostgres } from ${JSON.stringify(module)};
    await openEmbeddedPostgres(${JSON.stringify(directory)});
    process.stdout.write('open');
    setInterval(() => {}, 1000);`;
  const other = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  others.push(other);
  await once(other.stdout, 'data');
  return other;
}

async function query<Row extends pg.QueryResultRow>(server: EmbeddedPostgres, text: string): Promise<Row[]> {
  const client = new pg.Client(server.connection('postgres'));
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

const write = (server: EmbeddedPostgres, note: string): Promise<unknown> =>
  query(server, `create table if not exists notes (note text); insert into notes values ('${note}')`);

async function keepNote(directory: string): Promise<void> {
  const server = await open(directory);
  await write(server, 'kept');
  await server.release();
  await stopped(directory);
}

const notes = async (server: EmbeddedPostgres): Promise<string[]> =>
  (await query<{ note: string }>(server, 'select note from notes')).map(({ note }) => note);

async function startEndlessQuery(server: EmbeddedPostgres): Promise<number> {
  const client = new pg.Client(server.connection('postgres')).on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() pid');
  client.query('select count(*) from generate_series(1, 1e12::bigint)').catch(() => undefined);
  const started = `select from pg_stat_activity where pid = ${rows[0]!.pid} and query like 'select count%'`;
  await until(async () => expect(await query(server, started)).toHaveLength(1));
  return rows[0]!.pid;
}

const logOf = (directory: string): string => readFileSync(join(directory, 'postgres.log'), 'utf8');

const isServed = (directory: string): boolean => existsSync(join(directory, 'data/postmaster.pid'));

const stopped = (directory: string): Promise<void> => until(async () => expect(isServed(directory)).toBe(false));

function postmasterOf(directory: string): number {
  return Number.parseInt(readFileSync(join(directory, 'data/postmaster.pid'), 'utf8'), 10);
}

const isAlive = (pid: number): boolean =>
  existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

function parentOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
