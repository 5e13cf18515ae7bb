import { readFileSync } from 'node:fs';

/** What PostgreSQL's own lock file, `data/postmaster.pid`, tells of the server that wrote it, alive or not. */
export interface PostmasterFile {
  readonly pid: string;
  readonly startedAt: string;
  readonly state: string;
}

/** Reads the lock file in the current directory's `data`; empty when there is none. */
export function readPostmasterFile(): PostmasterFile | undefined {
  try {
    const [pid = '', , startedAt = '', , , , , state = ''] = readFileSync('data/postmaster.pid', 'utf8').split('\n');
    return { pid, startedAt, state: state.trim() };
  } catch {
    return undefined;
  }
}
