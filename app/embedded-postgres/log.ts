import { constants, existsSync, fchownSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Layout } from './paths.ts';
import { EmbeddedPostgresUnavailable } from './unavailable.ts';

const shownLines = 15;

/**
 * Opens the server's log to append to it, and makes the directory, its owner's alone, if need be.
 * @throws {EmbeddedPostgresUnavailable}
 */
export function openLog({ directory, log }: Layout): number {
  try {
    makeDirectory(directory);
    return openForOwner(directory, log);
  } catch (error) {
    throw new EmbeddedPostgresUnavailable(`The embedded PostgreSQL cannot use ${directory}: ${String(error)}`);
  }
}

// Node's own way to make parents never ends where a parent cannot be made and the system says that it is not there, as in /proc.
function makeDirectory(directory: string): void {
  if (existsSync(directory)) return;
  makeDirectory(dirname(directory));
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

// In somebody's directory, root's log must stay writable for its owner, who must not choose what root opens.
function openForOwner(directory: string, log: string): number {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
  const file = openSync(log, O_APPEND | O_CREAT | O_NOFOLLOW | O_WRONLY, 0o600);
  const { uid, gid } = statSync(directory);
  if (process.geteuid?.() === 0) fchownSync(file, uid, gid);
  return file;
}

/** Says what went wrong, and what the server said last. */
export function withLog(reason: string, log: string): EmbeddedPostgresUnavailable {
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-shownLines);
  return new EmbeddedPostgresUnavailable(`${reason} Its log ${log} ends with:\n  ${lines.join('\n  ')}`);
}
