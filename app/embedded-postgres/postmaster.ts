import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasPostmaster } from './leftovers.ts';
import { port } from './paths.ts';
import { type PostmasterFile, readPostmasterFile } from './postmaster-file.ts';
import { commandIn, type Programs } from './programs.ts';

/** The server's first process: the parent of all others. */
export type Postmaster = ChildProcess;

type Settings = Readonly<Record<string, string>>;

/** What a new server has to know. */
export interface PostmasterStart {
  readonly cluster: string;
  readonly settings: Settings;
  /** The lock file of a server that is certainly gone. */
  readonly stale: PostmasterFile | undefined;
}

const pollMs = 10;

/**
 * Starts the server on `data`, in the current directory, and waits until it takes connections; empty when it was
 * killed, or an orphan of a killed supervisor came first, and a new attempt is worth it.
 * @throws if it ends by itself
 */
export async function startPostmaster(programs: Programs, start: PostmasterStart): Promise<Postmaster | undefined> {
  const postmaster = spawnPostmaster(programs, start);
  while (postmaster.exitCode === null && postmaster.signalCode === null) {
    if (isReady(postmaster, start.stale)) return postmaster;
    await sleep(pollMs);
  }
  if (postmaster.signalCode === 'SIGKILL' || hasPostmaster(start.cluster)) return undefined;
  throw new Error('PostgreSQL ended before it took connections.');
}

const usual: Settings = { max_connections: '200', log_checkpoints: 'off' };

const fixed = (cluster: string): Settings => ({
  cluster_name: cluster,
  listen_addresses: '',
  port: String(port),
  unix_socket_directories: '../run',
  unix_socket_permissions: '0700',
});

// Should the process number of a server that is gone be somebody else's by now, PostgreSQL would not start. Named as its
// own starter's, the number does not stop it, and it still makes sure that nobody is left in the shared memory.
function spawnPostmaster(programs: Programs, { cluster, settings, stale }: PostmasterStart): Postmaster {
  const all = Object.entries({ ...usual, ...settings, ...fixed(cluster) });
  const switches = all.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const { program, args, options } = commandIn('data', programs, ['postgres', ...switches], 'INT');
  const env = { ...options.env, PG_GRANDPARENT_PID: stale?.pid };
  return spawn(program, args, { ...options, env, stdio: ['ignore', 'inherit', 'inherit'] });
}

function isReady({ pid }: Postmaster, stale: PostmasterFile | undefined): boolean {
  const file = readPostmasterFile();
  const isNew = file?.pid !== stale?.pid || file?.startedAt !== stale?.startedAt;
  return isNew && file?.pid === String(pid) && file.state === 'ready';
}
