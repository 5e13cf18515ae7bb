import { spawnSync } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { commandIn, majorVersion, type Programs } from './programs.ts';

const draftPrefix = 'data.new-';

/**
 * Makes sure that `data`, in the current directory, is a whole cluster of the programs' major version.
 * @throws if its version is another
 */
export function prepareCluster(programs: Programs): void {
  const major = majorVersion(programs);
  removeDrafts();
  if (!existsSync('data/PG_VERSION')) createCluster(programs, major);
  const found = readFileSync('data/PG_VERSION', 'utf8').trim();
  if (found !== String(major))
    throw new Error(`The data directory is PostgreSQL ${found}'s, and the server is PostgreSQL ${major}.`);
}

// Nobody ever sees half a cluster: it appears under its name at once, and is on disk by then.
function createCluster(programs: Programs, major: number): void {
  const draft = mkdtempSync(draftPrefix);
  if (programs.account) chownSync(draft, programs.account.uid, programs.account.gid);
  const { program, args, options } = commandIn(draft, programs, ['initdb', ...choices(major)], 'KILL');
  const { status, error } = spawnSync(program, args, { ...options, stdio: 'inherit' });
  if (status !== 0) {
    removeDrafts();
    throw error ?? new Error('initdb failed.');
  }
  renameSync(draft, 'data');
  syncDirectory('.');
}

// Sockets are reached through a directory that is its owner's alone, hence trust.
const choices = (major: number): string[] => [
  '--username=postgres',
  '--auth-local=trust',
  '--auth-host=reject',
  '--encoding=UTF8',
  '--locale=C',
  ...(major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : []),
  '--no-instructions',
];

// The names differ, so that an initdb that outlived its supervisor writes into nobody's cluster.
function removeDrafts(): void {
  const drafts = readdirSync('.').filter((name) => name.startsWith(draftPrefix));
  for (const draft of drafts) rmSync(draft, { recursive: true, force: true, maxRetries: 5 });
}

function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  fsyncSync(directory);
  closeSync(directory);
}
