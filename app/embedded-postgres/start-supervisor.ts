import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, closeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { locateBinaries } from './binaries.ts';
import { openLog } from './log.ts';
import type { Layout } from './paths.ts';

/** Which server to run, and how. */
export interface ServerChoice {
  /** PostgreSQL settings by name, as in `postgresql.conf`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** A directory with other server binaries (`bin`, `lib`, `share`), such as another major version. */
  readonly native?: string;
}

/** What a supervisor is told when it is started. */
export interface SupervisorOrder {
  readonly directory: string;
  readonly native: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** The process that owns the server; it outlives the process that started it. */
export type Supervisor = ChildProcess;

const program = fileURLToPath(new URL('./supervisor.ts', import.meta.url));

/** Starts a supervisor, which ends by itself, with 0, when another one serves the directory already. */
export function startSupervisor(layout: Layout, { native, settings = {} }: ServerChoice): Supervisor {
  const order: SupervisorOrder = { directory: layout.directory, native: locateBinaries(native), settings };
  const log = openLog(layout);
  const supervisor = spawn(process.execPath, [program, JSON.stringify(order)], {
    cwd: layout.directory,
    detached: true,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', log, log],
  });
  supervisor.on('error', (error) => appendFileSync(layout.log, `${String(error)}\n`));
  closeSync(log);
  return supervisor;
}

/** Whether a supervisor is gone, however it went. */
export const hasEnded = (supervisor: Supervisor): boolean =>
  supervisor.exitCode !== null || supervisor.signalCode !== null;

/** Whether a supervisor gave up; one that was killed did not, and another may succeed. */
export const hasFailed = (supervisor: Supervisor): boolean => supervisor.exitCode !== null && supervisor.exitCode !== 0;
