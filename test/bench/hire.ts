import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Commission, Message } from './child.ts';

const PROGRAM = fileURLToPath(new URL('./child.ts', import.meta.url));

const MEASURED = new Set<string>(['drain', 'serve', 'trickle', 'sell']);

/** A process at work. */
export interface Hired<Result> {
  /** Resolves when it delivers, where that is its job. */
  readonly serving: Promise<void>;
  readonly result: Promise<Result>;
  /** Tells a process that serves to end. */
  dismiss(): void;
}

export interface HireOptions {
  /** Where one that is measured leaves a CPU profile. */
  readonly profiles?: string | undefined;
  /** Megabytes of heap that one that is measured may have. */
  readonly heap?: number | undefined;
}

/** Starts a process for one job. */
export function hire<Result>(commission: Commission, { profiles, heap }: HireOptions = {}): Hired<Result> {
  const { kind } = commission.job;
  const flags = [
    ...(profiles ? ['--cpu-prof', '--cpu-prof-dir', profiles] : []),
    ...(heap ? [`--max-old-space-size=${heap}`] : []),
  ];
  const execArgv = MEASURED.has(kind) ? flags : [];
  const child = fork(PROGRAM, [JSON.stringify(commission)], {
    execArgv,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const serving = Promise.withResolvers<void>();
  const result = Promise.withResolvers<unknown>();
  child.on('message', (message: Message) => {
    if (message === 'serving') serving.resolve();
    else result.resolve(message.result);
  });
  const what = `${commission.contender}, ${kind}`;
  return {
    serving: serving.promise,
    result: endOf(child, what).then(() => result.promise as Promise<Result>),
    dismiss: () => void child.send('enough'),
  };
}

async function endOf(child: ReturnType<typeof fork>, what: string): Promise<void> {
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${what}: its process ended with ${code}`);
}
