import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Commission } from './child.ts';

const PROGRAM = fileURLToPath(new URL('./child.ts', import.meta.url));

const PROFILED = new Set<string>(['drain', 'serve', 'trickle', 'sell']);

/** A process at work. */
export interface Hired<Result> {
  readonly result: Promise<Result>;
  /** Tells a process that serves to end. */
  dismiss(): void;
}

/** Starts a process for one job. With a folder for profiles one that is measured leaves a CPU profile there. */
export function hire<Result>(commission: Commission, profiles?: string): Hired<Result> {
  const { kind } = commission.job;
  const execArgv = profiles && PROFILED.has(kind) ? ['--cpu-prof', '--cpu-prof-dir', profiles] : [];
  const child = fork(PROGRAM, [JSON.stringify(commission)], {
    execArgv,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return { result: resultOf(child, `${commission.contender}, ${kind}`), dismiss: () => void child.send('enough') };
}

async function resultOf<Result>(child: ReturnType<typeof fork>, what: string): Promise<Result> {
  const message = once(child, 'message').then(([result]) => result as Result);
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${what}: its process ended with ${code}`);
  return message;
}
