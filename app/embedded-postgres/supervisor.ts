import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { prepareCluster } from './cluster.ts';
import { lockUnless } from './directory-lock.ts';
import { openLeaseDesk } from './lease-desk.ts';
import { clusterName, endLeftovers } from './leftovers.ts';
import { admit } from './ownership.ts';
import { controlSocket, lockFile, serverSocket } from './paths.ts';
import { type Postmaster, startPostmaster } from './postmaster.ts';
import { type PostmasterFile, readPostmasterFile } from './postmaster-file.ts';
import { arrangePrograms } from './run-as.ts';
import type { SupervisorOrder } from './start-supervisor.ts';

// The process that owns the server. It works in the server's directory, by relative paths, which are never too long.

const patience = { firstLeaseMs: 5_000, lingerMs: Number(process.env['EMBEDDED_POSTGRES_LINGER_MS'] ?? 500) };
const shutdownMs = 20_000;

async function supervise({ native, settings }: SupervisorOrder): Promise<void> {
  process.umask(0o077);
  using lock = await lockUnless(() => isAnswering(controlSocket), lockFile);
  if (!lock) return;
  const stale = await clearAway();
  const programs = arrangePrograms(native);
  admit(programs.account);
  prepareCluster(programs);
  const cluster = clusterName('data');
  const postmaster = await startPostmaster(programs, { cluster, settings, stale });
  if (postmaster) await lend(postmaster);
}

// The lock file is read first: once no process is left, the one it names is certainly not a server.
async function clearAway(): Promise<PostmasterFile | undefined> {
  const found = readPostmasterFile();
  if (existsSync('data')) await endLeftovers(clusterName('data'));
  if (await isAnswering(serverSocket))
    throw new Error('A PostgreSQL that cannot be seen from here, in another container perhaps, serves this directory.');
  return found;
}

async function lend(postmaster: Postmaster): Promise<void> {
  const gone = once(postmaster, 'exit');
  const stop = (): void => {
    desk.close();
    postmaster.kill('SIGINT');
    setTimeout(() => postmaster.kill('SIGQUIT'), shutdownMs).unref();
  };
  const desk = openLeaseDesk(controlSocket, patience, stop);
  process.once('SIGTERM', stop).once('SIGINT', stop);
  await gone;
  desk.close();
}

function isAnswering(path: string): Promise<boolean> {
  return new Promise((answer) => {
    const socket = connect(path, () => socket.destroy());
    socket.once('connect', () => answer(true)).on('error', () => answer(false));
  });
}

try {
  await supervise(JSON.parse(process.argv[2] ?? '') as SupervisorOrder);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
}
