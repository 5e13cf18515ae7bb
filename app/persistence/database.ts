import { resolve } from 'node:path';
import pg from 'pg';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import { reasonOf } from '#events/messaging/reason-of';
import type { Config } from '../config.ts';
import type { Logger } from '../logging.ts';
import { type EmbeddedPostgres, openEmbeddedPostgres } from '../embedded-postgres/embedded-postgres.ts';

/** A database that is there, for as long as it is held. */
export interface OpenDatabase {
  readonly address: DatabaseAddress;
  readonly isEmbedded: boolean;
  release(): Promise<void>;
}

/** The server cannot be used; the message says what to do. */
export class DatabaseUnusable extends Error {
  constructor(why: string, cause?: unknown) {
    super(why, { cause });
    this.name = 'DatabaseUnusable';
  }
}

const OLDEST = 15;
const NAME = 'microlith';
const WHAT_TO_DO = 'mend what the error says, then restart this process: it does not try again, and nothing is lost';

/** The server that `DATABASE_URL` names, or the embedded one, started if need be. @throws {DatabaseUnusable} */
export async function openDatabase({ database, dataDirectory }: Config, logger: Logger): Promise<OpenDatabase> {
  if (database) {
    await assertUsable(database);
    return { address: database, isEmbedded: false, release: async () => undefined };
  }
  const server = await holdEmbedded(resolve(dataDirectory, 'postgres'), logger);
  await createOwnDatabase(server.connection('postgres'));
  return { address: { ...server.connection(NAME), user: NAME }, isEmbedded: true, release: () => server.release() };
}

/** Keeps the embedded server running: one that goes away while it is needed is started again, in the same place. */
async function holdEmbedded(directory: string, logger: Logger): Promise<EmbeddedPostgres> {
  let isHeld = true;
  const open = () => openEmbeddedPostgres(directory, { onLost: () => void reopen() });
  let server = await open();
  const reopen = async () => {
    if (!isHeld) return;
    logger.error('the embedded PostgreSQL went away; starting it again');
    server = await open().catch((error: unknown) => {
      logger.fatal({ err: error, todo: WHAT_TO_DO }, 'the embedded PostgreSQL cannot be started again');
      return server;
    });
  };
  return {
    ...server,
    release: async () => {
      isHeld = false;
      await server.release();
    },
  };
}

/** The application is no superuser, so that what the server forbids is forbidden. */
async function createOwnDatabase(address: DatabaseAddress): Promise<void> {
  await withClient(address, async (client) => {
    await client.query(`select pg_advisory_lock(hashtextextended('microlith create', 0))`);
    const { rows } = await client.query<{ has_role: boolean; has_database: boolean }>(
      `select exists (select from pg_roles where rolname = $1) as has_role,
              exists (select from pg_database where datname = $1) as has_database`,
      [NAME],
    );
    if (!rows[0]!.has_role) await client.query(`create role ${NAME} login`);
    if (!rows[0]!.has_database) await client.query(`create database ${NAME} owner ${NAME}`);
  });
}

async function assertUsable(address: DatabaseAddress): Promise<void> {
  const where = `${address.database} on ${address.host}:${address.port}`;
  try {
    await withClient(address, async (client) => {
      const { rows } = await client.query<{ server_version_num: string }>('show server_version_num');
      const major = Math.floor(Number(rows[0]!.server_version_num) / 10_000);
      if (major < OLDEST) throw new Error(`it is PostgreSQL ${major}, and ${OLDEST} or newer is needed`);
    });
  } catch (error) {
    throw new DatabaseUnusable(
      `DATABASE_URL: the database ${where} cannot be used: ${reasonOf(error)}. Create it, mend the URL, or unset DATABASE_URL to use the embedded server`,
      error,
    );
  }
}

async function withClient<Result>(
  address: DatabaseAddress,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ ...address, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
