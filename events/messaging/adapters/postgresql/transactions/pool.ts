import { createPostgreSqlTypeParsers } from '@mikro-orm/sql';
import pg from 'pg';
import array from 'postgres-array';
import { faultOf, NotOpened } from '../../../lanes/fault.ts';
import { LONGEST_SILENCE } from '../../../units/silence.ts';

/** Where a PostgreSQL database is. `host` may be the directory of a Unix socket. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  readonly database: string;
  readonly ssl?: boolean;
}

export interface PoolOptions {
  readonly largest: number;
  /** What the relay of this process is called: others see by it whose connections these are. */
  readonly memberName?: string;
  readonly reportError: (error: unknown) => void;
}

/** The name of a pool's connections begins so; its member and its size follow. */
export const POOL_NAME = 'microlith pool';
const CONNECT_TIMEOUT = 5_000;
/** An appender that stopped in the middle holds delivery back; the server ends it. */
export const IDLE_IN_TRANSACTION_TIMEOUT = LONGEST_SILENCE;
const LOCK_TIMEOUT = 5_000;
/** No statement of ours takes that long: the connection is half-open, and is given up. */
const ANSWER_TIMEOUT = 10_000;

/** PostgreSQL would compile what it takes for costly, such as the look at all lanes, for longer than it then runs. */
const WITHOUT_JIT = '-c jit=off';

/** Settings of every connection that changes anything. */
export function connectionOptions(address: DatabaseAddress): pg.ClientConfig {
  return {
    ...address,
    application_name: 'microlith',
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT,
    lock_timeout: LOCK_TIMEOUT,
    query_timeout: ANSWER_TIMEOUT,
    options: WITHOUT_JIT,
    pipeline: true,
  };
}

/**
 * Connections, each lent to one at a time; a lost one is replaced. Where one was lost the idle ones may be as well, and whoever
 * took one would wait in vain as long again: they are replaced, too.
 */
export function createPool(address: DatabaseAddress, { largest, memberName, reportError }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    ...connectionOptions(address),
    ...(memberName && { application_name: `${POOL_NAME} ${memberName} ${largest}` }),
    types: mikroOrmTypes(),
    max: largest,
    idleTimeoutMillis: 30_000,
  });
  pool.on('connect', (client) =>
    client.on('error', (error) => {
      reportError(error);
      giveUpIdle(pool);
    }),
  );
  pool.on('error', reportError);
  return pool;
}

/**
 * Lends a connection. One that is not idle afterwards is in a state that nobody knows: it is destroyed.
 * @throws {NotOpened} where the database is away, or all connections stay lent for too long
 */
export async function withConnection<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect().catch((error: unknown) => {
    throw faultOf(error) === 'outage' ? new NotOpened(error) : error;
  });
  try {
    return await work(client);
  } finally {
    client.release(client.getTransactionStatus() !== 'I');
  }
}

function giveUpIdle(pool: pg.Pool): void {
  for (let idle = pool.idleCount; idle > 0; idle -= 1)
    pool.connect().then(
      (client) => client.release(true),
      () => undefined,
    );
}

/** MikroORM wants some values as PostgreSQL writes them. */
function mikroOrmTypes(): pg.CustomTypesConfig {
  const types = new pg.TypeOverrides();
  const parsers = createPostgreSqlTypeParsers((text) => array.parse(text));
  for (const [oid, parser] of Object.entries(parsers)) types.setTypeParser(Number(oid), parser);
  return types;
}
