import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Tells the server of one data directory from all others, in its processes' titles, wherever the directory is moved. */
export function clusterName(data: string): string {
  const { dev, ino } = statSync(data, { bigint: true });
  return `microlith-${dev}-${ino}`;
}

const pollMs = 15;

/** Ends what is left of a server whose supervisor or postmaster was killed: gently if it can still save its work. */
export async function endLeftovers(cluster: string): Promise<void> {
  const ended =
    ((await end(postmasters, cluster, 'SIGINT', 20_000)) || (await end(postmasters, cluster, 'SIGQUIT', 10_000))) &&
    ((await end(orphans, cluster, 'SIGQUIT', 5_000)) || (await end(orphans, cluster, 'SIGKILL', 5_000)));
  if (!ended) throw new Error(`An earlier server on this directory does not end: ${cluster}`);
}

/** Whether a server of this name has a postmaster. */
export const hasPostmaster = (cluster: string): boolean => postmasters(cluster).length > 0;

type Search = (cluster: string) => readonly number[];

const postmasters: Search = (cluster) =>
  processesThat((commandLine) => commandLine.split(/[\0 ]/).includes(`cluster_name=${cluster}`));

const orphans: Search = (cluster) => processesThat((commandLine) => commandLine.startsWith(`postgres: ${cluster}: `));

async function end(find: Search, cluster: string, signal: NodeJS.Signals, patienceMs: number): Promise<boolean> {
  for (const pid of find(cluster)) killIfThere(pid, signal);
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(pollMs))
    if (find(cluster).length === 0 && !isOneEnding()) return true;
  return false;
}

function killIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A process that ends has no command line any more, and for a moment still holds the server's shared memory. */
function isOneEnding(): boolean {
  if (!existsSync('/proc/self/stat')) return false;
  return readdirSync('/proc').some(
    (pid) => /^\d+ \(postgres\) [^ZX]/.test(read(pid, 'stat')) && read(pid, 'cmdline') === '',
  );
}

function processesThat(match: (commandLine: string) => boolean): number[] {
  const processes = existsSync('/proc/self/cmdline') ? fromProc() : fromPs();
  return processes.filter(([, commandLine]) => match(commandLine)).map(([pid]) => pid);
}

type Process = [pid: number, commandLine: string];

const fromProc = (): Process[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => [Number(pid), read(pid, 'cmdline')]);

function read(pid: string, file: 'cmdline' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

function fromPs(): Process[] {
  const { stdout } = spawnSync('ps', ['-axo', 'pid=,args='], { encoding: 'utf8' });
  return Array.from(stdout.matchAll(/^ *(\d+) (.*)$/gm), ([, pid, commandLine]) => [Number(pid), commandLine ?? '']);
}
