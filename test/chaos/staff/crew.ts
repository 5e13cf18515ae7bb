import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Saying, Telling } from './orders.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A process of the chaos: it can be ended, stopped and started again, and says what happens to it. */
export class Crew<Order> {
  readonly #program: string;
  readonly #order: () => Order;
  readonly #hear: (saying: Saying) => void;
  readonly #onEnd: (code: number | NodeJS.Signals) => void;
  #process: ChildProcess | undefined;
  #isExpectedToEnd = false;

  /** `order` is asked for anew at every start; `onEnd` hears of ends that nobody asked for. */
  constructor(of: {
    readonly program: 'worker' | 'producer';
    readonly order: () => Order;
    readonly hear: (saying: Saying) => void;
    readonly onEnd: (code: number | NodeJS.Signals) => void;
  }) {
    this.#program = fileURLToPath(new URL(`./${of.program}.ts`, import.meta.url));
    this.#order = of.order;
    this.#hear = of.hear;
    this.#onEnd = of.onEnd;
  }

  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  /** Resolves when it says that it is ready. */
  async start(): Promise<void> {
    const started = fork(this.#program, [JSON.stringify(this.#order())], { cwd: root, execArgv: [], stdio: 'inherit' });
    this.#process = started;
    this.#isExpectedToEnd = false;
    running.add(started);
    const { promise, resolve } = Promise.withResolvers<void>();
    started.on('message', (saying: Saying) => {
      if (saying.is === 'ready') resolve();
      else this.#hear(saying);
    });
    started.once('exit', (code, signal) => {
      running.delete(started);
      if (this.#process === started) this.#process = undefined;
      resolve();
      if (!this.#isExpectedToEnd) this.#onEnd(code ?? signal!);
    });
    await promise;
  }

  /** Ends it as a power failure would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks it to end, and waits until it has. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  tell(telling: Telling): void {
    this.#process?.send(telling);
  }

  signal(name: NodeJS.Signals): void {
    this.#process?.kill(name);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const ending = this.#process;
    if (!ending) return;
    this.#isExpectedToEnd = true;
    const gone = once(ending, 'exit');
    ending.kill(signal);
    await gone;
  }
}

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));
