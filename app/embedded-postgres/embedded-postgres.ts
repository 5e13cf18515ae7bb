import { once } from 'node:events';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { requestLease } from './lease.ts';
import { withLog } from './log.ts';
import { controlSocket, type Layout, layoutOf, port } from './paths.ts';
import { hasEnded, hasFailed, type ServerChoice, startSupervisor, type Supervisor } from './start-supervisor.ts';

/** What an opener may choose; `settings` and `native` count only for the opener that starts the server. */
export interface EmbeddedPostgresOptions extends ServerChoice {
  /** How long to wait for the server, in milliseconds; a minute when left out. */
  readonly timeoutMs?: number;
  /** Called once if the server goes away while this lease holds. */
  readonly onLost?: () => void;
}

/** Where to connect, in the words of the `pg` package; `host` is a directory of Unix sockets. */
interface EmbeddedPostgresConnection {
  readonly host: string;
  readonly port: number;
  readonly user: 'postgres';
  readonly database: string;
}

/** A lease on a running server, which lives for as long as anyone holds one; it keeps no process alive by itself. */
export interface EmbeddedPostgres extends Omit<EmbeddedPostgresConnection, 'database'> {
  connection(database: string): EmbeddedPostgresConnection;
  release(): Promise<void>;
}

const pollMs = 15;

/**
 * Leases the PostgreSQL server of a directory, starting it, and creating its data, when need be.
 * Processes of one user share one server; it stops shortly after the last lease has ended.
 * @throws {EmbeddedPostgresUnavailable}
 */
export async function openEmbeddedPostgres(
  directory: string,
  options: EmbeddedPostgresOptions = {},
): Promise<EmbeddedPostgres> {
  const layout = layoutOf(directory);
  return leased(join(layout.short, 'run'), await leaseOrStart(layout, options), options.onLost);
}

async function leaseOrStart(layout: Layout, options: EmbeddedPostgresOptions): Promise<Socket> {
  const timeoutMs = options.timeoutMs ?? 60_000;
  const deadline = Date.now() + timeoutMs;
  let supervisor: Supervisor | undefined;
  do {
    const lease = await requestLease(join(layout.short, controlSocket), deadline - Date.now());
    if (lease) {
      supervisor?.unref();
      return lease;
    }
    if (supervisor && hasFailed(supervisor)) throw withLog('The embedded PostgreSQL could not start.', layout.log);
    if (!supervisor || hasEnded(supervisor)) supervisor = startSupervisor(layout, options);
    await sleep(pollMs);
  } while (Date.now() < deadline);
  supervisor?.unref();
  throw withLog(`The embedded PostgreSQL did not start within ${timeoutMs} ms.`, layout.log);
}

function leased(host: string, lease: Socket, onLost?: () => void): EmbeddedPostgres {
  let released = false;
  lease.unref();
  lease.once('close', () => {
    if (!released) onLost?.();
  });
  const server = { host, port, user: 'postgres' } as const;
  return {
    ...server,
    connection: (database) => ({ ...server, database }),
    async release() {
      released = true;
      lease.ref().destroy();
      if (!lease.closed) await once(lease, 'close');
    },
  };
}
