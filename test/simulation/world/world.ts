import { PromiseBroken } from '../checks/promise-broken.ts';
import type { Machine } from './machine.ts';
import { Random } from './random.ts';
import { type Task, TaskQueue } from './task-queue.ts';

/** Hears what happens, line by line: for people, and for comparing two runs. */
export type Trace = (line: string) => void;

/** More than any honest run takes. */
const MOST_STEPS = 60_000;

/**
 * Virtual time. Everything that happens is a task; one runs at a time, then everything it set off that needs no time. The
 * seed decides how long each thing takes, and so what comes first.
 */
export class World {
  readonly random: Random;
  readonly #trace: Trace | undefined;
  readonly #tasks = new TaskQueue();
  #now = 0;
  #steps = 0;
  #failure: unknown;

  constructor(seed: number, trace?: Trace) {
    this.random = new Random(seed);
    this.#trace = trace;
  }

  /** Virtual milliseconds since the beginning. */
  get now(): number {
    return this.#now;
  }

  get steps(): number {
    return this.#steps;
  }

  /** Makes something happen; a task of a machine happens only while that machine runs. */
  in(milliseconds: number, run: () => void, machine?: Machine): Task {
    const at = this.#now + Math.max(0, milliseconds);
    const task: Task = { at, tie: this.random.next(), run, machine, isCalledOff: false };
    this.#tasks.push(task);
    return task;
  }

  say(who: string, what: string): void {
    this.#trace?.(`${(this.#now / 1000).toFixed(6).padStart(11)}  ${who.padEnd(10)}  ${what}`);
  }

  /** Ends the run with this error. */
  fail(error: unknown): void {
    this.#failure ??= error;
  }

  /** Lets time pass until something is so, or a moment has come; tells whether it is so. */
  async pass(isSo: () => boolean, deadline: () => number): Promise<boolean> {
    while (!isSo()) {
      const next = this.#tasks.peek();
      if (!next || next.at > deadline()) {
        this.#now = Math.max(this.#now, deadline());
        return isSo();
      }
      if (this.#begin(this.#tasks.pop()!)) await everythingSettled();
      if (this.#failure !== undefined) throw this.#failure;
    }
    return true;
  }

  #begin(task: Task): boolean {
    if (task.isCalledOff) return false;
    this.#now = Math.max(this.#now, task.at);
    if (task.machine && !task.machine.mayRun(task)) return false;
    this.#steps += 1;
    if (this.#steps > MOST_STEPS)
      throw new PromiseBroken(`there is no end to it: ${MOST_STEPS} steps in ${this.#now / 1000} virtual seconds`);
    task.run();
    return true;
  }
}

/** Ticks come after all promises that can go on without us. */
const everythingSettled = () => new Promise<void>((resolve) => process.nextTick(resolve));
