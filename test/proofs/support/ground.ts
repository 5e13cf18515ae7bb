import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type EmbeddedPostgres, openEmbeddedPostgres } from '#app/embedded-postgres/embedded-postgres';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';

/** Where the servers under proof live: a database, and a directory for their mail and the gateway's ledger. */
export interface Ground {
  readonly database: DatabaseAddress;
  /** What all servers share as MICROLITH_DATA. */
  readonly data: string;
  /** Where each server's log goes. */
  readonly logs: string;
  countDeadlocks(): Promise<number>;
}

/** Ground that a proof has for itself. */
export interface ProofGround extends Ground {
  /** How the database is called when it is kept. */
  readonly place: string;
  /** Ends PostgreSQL's first process as a power failure would; resolves when it takes connections again. Not of a server that others use. */
  readonly killPostgres?: () => Promise<void>;
  /** Gives the database back, and removes everything unless it is to be looked at. */
  leave(options: { readonly isKept: boolean }): Promise<void>;
}

/** Ground on a PostgreSQL that nobody else uses. */
export interface PrivateGround extends ProofGround {
  /** Its superuser's way in, to the same database. */
  readonly superuser: Omit<DatabaseAddress, 'ssl'>;
  /** PostgreSQL's first process. */
  readonly postmaster: () => Promise<number>;
}

const NAME = 'microlith';

/** A PostgreSQL of one's own, as durable as any, that can be killed. */
export async function openPrivateGround(settings: Readonly<Record<string, string>> = {}): Promise<PrivateGround> {
  const directory = await mkdtemp(join(tmpdir(), 'microlith-proof-'));
  const place = join(directory, 'postgres');
  const server = await holdPostgres(place, settings);
  await createOwnDatabase(server.first);
  const database = { ...server.first.connection(NAME), user: NAME };
  return {
    database,
    place: `the database in ${place}`,
    superuser: server.first.connection(NAME),
    data: join(directory, 'data'),
    logs: directory,
    postmaster: () => postmasterOf(place),
    async killPostgres() {
      const started = server.startedAgain();
      process.kill(await postmasterOf(place), 'SIGKILL');
      await started;
    },
    /** The server's own count is lost with it when it is killed; its log is not. */
    async countDeadlocks() {
      const log = await readFile(join(place, 'postgres.log'), 'utf8');
      const inLog = log.match(/ERROR: {2}deadlock detected/g)?.length ?? 0;
      return Math.max(inLog, await countDeadlocksOf(database));
    },
    async leave({ isKept }) {
      await server.release();
      if (!isKept) await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

/** Starts PostgreSQL, and starts it again whenever it goes away. */
async function holdPostgres(place: string, settings: Readonly<Record<string, string>>) {
  let current: EmbeddedPostgres;
  let tellStarted: (value?: unknown) => void = () => undefined;
  const open = () => openEmbeddedPostgres(place, { settings, onLost: () => void reopen() });
  const reopen = async () => {
    current = await open();
    tellStarted();
  };
  current = await open();
  return {
    first: current,
    startedAgain: () => new Promise((resolve) => (tellStarted = resolve)),
    release: () => current.release(),
  };
}

/** The application is no superuser here either. */
async function createOwnDatabase(server: EmbeddedPostgres): Promise<void> {
  await query(server.connection('postgres'), `create role ${NAME} login`);
  await query(server.connection('postgres'), `create database ${NAME} owner ${NAME}`);
}

async function postmasterOf(place: string): Promise<number> {
  const [pid] = (await readFile(join(place, 'data', 'postmaster.pid'), 'utf8')).split('\n');
  return Number(pid);
}

export async function countDeadlocksOf(database: DatabaseAddress): Promise<number> {
  const [row] = await query<{ deadlocks: bigint }>(
    database,
    'select deadlocks from pg_stat_database where datname = current_database()',
  );
  return Number(row!.deadlocks);
}

type Address = Omit<DatabaseAddress, 'ssl'>;

const INT8 = 20;
const types = new pg.TypeOverrides();
types.setTypeParser(INT8, BigInt);

/** One statement; an int8 comes as a bigint. */
export async function query<Row extends pg.QueryResultRow>(
  database: Address,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  return (await poolOf(database).query<Row>(text, [...values])).rows;
}

const pools = new Map<string, pg.Pool>();
/** Milliseconds for which a connection is kept: who looks again and again would cost more than who is looked at. */
const KEPT = 1_000;

function poolOf(database: Address): pg.Pool {
  const name = JSON.stringify([database.host, database.port, database.user, database.database]);
  const pool =
    pools.get(name) ??
    new pg.Pool({ ...database, types, idleTimeoutMillis: KEPT, allowExitOnIdle: true }).on('error', () => undefined);
  pools.set(name, pool);
  return pool;
}

/** Several statements on one connection. */
export async function onConnection<Result>(
  database: Address,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ ...database, types });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
