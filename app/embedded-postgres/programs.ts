import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

/** A user of this machine, as the kernel knows it. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** The server's programs, and the way to run them as somebody they accept, who is never root. */
export interface Programs {
  readonly native: string;
  /** The command that changes who a program takes itself for. */
  readonly prefix: readonly string[];
  /** Who runs them, where that is not who this process is. */
  readonly account?: Account;
}

/** A program with all that `spawn` wants to know. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv } & Partial<Account>;
}

/** How to run one of the programs in the directory it works on; the kernel sends it `farewell` should this process die. */
export function commandIn(directory: string, programs: Programs, line: readonly string[], farewell: string): Command {
  const [name, ...args] = line as [string, ...string[]];
  const words = [...programs.prefix, ...untilDeath(farewell), join(programs.native, 'bin', name)];
  const place = ['-D', programs.account ? placeItIsIn : resolve(directory)];
  return {
    program: words[0]!,
    args: [...words.slice(1), ...place, ...args],
    options: { cwd: directory, env, ...programs.account },
  };
}

const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };

// An account may not be able to walk to the directory, below a home that is not its own, and yet be put there.
const placeItIsIn = '/proc/self/cwd';

function untilDeath(farewell: string): string[] {
  const prefix = ['setpriv', '--pdeathsig', farewell] as const;
  return succeeds([...prefix, 'true']) ? [...prefix] : [];
}

/** Whether a command can be run here, and as whom. */
export function succeeds([program, ...args]: readonly [string, ...string[]], account?: Account): boolean {
  return spawnSync(program, args, { ...account }).status === 0;
}

/**
 * The major version of the programs.
 * @throws if they do not run here
 */
export function majorVersion({ native, account }: Programs): number {
  const program = join(native, 'bin/postgres');
  const { stdout, stderr, error } = spawnSync(program, ['--version'], { encoding: 'utf8', ...account });
  const version = /\(PostgreSQL\) (\d+)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`${program} does not run here: ${error?.message ?? stderr}`);
  return Number(version);
}
