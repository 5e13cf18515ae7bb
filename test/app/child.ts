import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A process of ours, started as a person would start it. */
export interface Child extends AsyncDisposable {
  readonly pid: number;
  /** What it has written so far, on both outputs. */
  readonly output: string;
  readonly dataDirectory: string;
  /** Resolves with its whole output when that has some text, or with what there is when the process ends before. */
  until(text: string): Promise<string>;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** To its whole process group, as a terminal does. */
  signal(name: NodeJS.Signals): void;
}

const KEPT = ['PATH', 'HOME', 'TMPDIR', 'LANG'];

/** `microlith …` with nothing set but what is given, and a data directory of its own. */
export const startChild = (words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Child> =>
  startProgram([process.execPath, 'microlith', ...words], environment);

/** Another program of the project's folder, in the same way. */
export async function startProgram(
  [program, ...words]: readonly [string, ...string[]],
  environment: NodeJS.ProcessEnv,
): Promise<Child> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'microlith-child-'));
  const kept = Object.fromEntries(KEPT.map((name) => [name, process.env[name]]));
  const env = {
    ...kept,
    MICROLITH_DATA: dataDirectory,
    PORT: '0',
    LOG_LEVEL: 'warn',
    EMBEDDED_POSTGRES_LINGER_MS: '0',
    ...environment,
  };
  const child = spawn(program, words, {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      output += text;
      child.emit('output');
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  return {
    pid: child.pid!,
    get output() {
      return output;
    },
    dataDirectory,
    ended,
    async until(text) {
      while (!output.includes(text) && child.exitCode === null && child.signalCode === null)
        await Promise.race([once(child, 'output'), ended]);
      return output;
    },
    signal: (name) => kill(child, name),
    async [Symbol.asyncDispose]() {
      kill(child, 'SIGKILL');
      await ended;
      await rm(dataDirectory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
}

function kill({ pid, exitCode, signalCode }: ChildProcess, name: NodeJS.Signals): void {
  if (exitCode === null && signalCode === null) process.kill(-pid!, name);
}

/** A database of the test server as `DATABASE_URL` says it. */
export const urlOf = ({ host, port, user, database }: DatabaseAddress): string =>
  `postgres://${user}@/${database}?host=${encodeURIComponent(host)}&port=${port}`;

/** Where a server that has come up can be reached. */
export async function addressOf(child: Child): Promise<string> {
  const output = await child.until('Ctrl-C stops the server.');
  const url = /API docs +(http:\S+)\/docs/.exec(output)?.[1];
  if (!url) throw new Error(`the server did not come up: ${output}`);
  return url;
}
