import { createHash } from 'node:crypto';
import { lstatSync, readlinkSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { EmbeddedPostgresUnavailable } from './unavailable.ts';

/** Names the server's socket file; nothing listens on a network. */
export const port = 5432;

/** The server's socket, below its directory. */
export const serverSocket = `run/.s.PGSQL.${port}`;

/** The socket on which the supervisor grants leases. */
export const controlSocket = 'control.sock';

/** The file that locks the directory for one supervisor. */
export const lockFile = 'supervisor.lock';

/** Where an embedded PostgreSQL is: its files in `data/`, its socket in `run/`, and its log. */
export interface Layout {
  readonly directory: string;
  /** The directory under a name that leaves room for the sockets in it. */
  readonly short: string;
  readonly log: string;
}

/** @throws {EmbeddedPostgresUnavailable} */
export function layoutOf(directory: string): Layout {
  const path = resolve(directory);
  return { directory: path, short: shortened(path), log: join(path, 'postgres.log') };
}

// The address of a Unix socket has room for 107 bytes on Linux and 103 on macOS.
const longestSocketPath = 103;

const fits = (directory: string): boolean => Buffer.byteLength(join(directory, serverSocket)) <= longestSocketPath;

function shortened(directory: string): string {
  if (fits(directory)) return directory;
  const hash = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  const alias = join(tmpdir(), `microlith-${process.geteuid?.()}-${hash}`);
  if (!fits(alias)) throw new EmbeddedPostgresUnavailable(`The path ${alias} is too long for Unix sockets.`);
  link(alias, directory);
  return alias;
}

// The directory of temporary files is everybody's: an alias that somebody else made is not followed.
function link(alias: string, directory: string): void {
  try {
    symlinkSync(directory, alias);
  } catch {
    if (lstatSync(alias).uid !== process.geteuid?.() || readlinkSync(alias) !== directory)
      throw new EmbeddedPostgresUnavailable(`${alias} is in the way: it should be a link to ${directory}.`);
  }
}
