import type { Backend, Pause } from './backend.ts';
import { deadlock, lockTimeout } from './failures.ts';
import type { World } from '../world/world.ts';

export type Outcome<Result> = { readonly value: Result } | { readonly error: unknown };

/** How often a statement is interrupted by others where it could be, and for how long: mostly a moment, sometimes longer. */
const BREATHES = 0.3;
const LONGEST_BREATHS = [1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 30];
const LOCK_TIMEOUT = 5_000;

/** One statement on its way through the server. */
export class Execution<Result> {
  /** The lock it waits for. */
  waitsFor: string | undefined;
  readonly #world: World;
  readonly #backend: Backend;
  readonly #statement: Generator<Pause, Result, void>;
  readonly #done: (outcome: Outcome<Result>) => void;
  #hasEnded = false;

  constructor(
    world: World,
    backend: Backend,
    statement: Generator<Pause, Result, void>,
    done: (outcome: Outcome<Result>) => void,
  ) {
    this.#world = world;
    this.#backend = backend;
    this.#statement = statement;
    this.#done = done;
  }

  goOn(): void {
    this.#drive(() => this.#statement.next());
  }

  /** Ends it from outside. */
  abandon(error: unknown): void {
    this.#end({ error });
  }

  #drive(resume: () => IteratorResult<Pause, Result>): void {
    if (this.#hasEnded) return;
    this.waitsFor = undefined;
    try {
      let step = resume();
      while (!step.done && step.value === undefined && !this.#world.random.chance(BREATHES))
        step = this.#statement.next();
      if (step.done) this.#end({ value: step.value });
      else if (step.value === undefined) this.#breathe();
      else this.#waitFor(step.value);
    } catch (error) {
      this.#end({ error });
    }
  }

  #breathe(): void {
    this.#world.in(this.#world.random.next() * this.#world.random.pick(LONGEST_BREATHS), () => this.goOn());
  }

  #waitFor(lock: string): void {
    this.waitsFor = lock;
    if (this.#isInCircle(lock)) return this.#fail(deadlock());
    this.#backend.server.whenFree(lock, this);
    this.#world.in(LOCK_TIMEOUT, () => this.waitsFor === lock && this.#fail(lockTimeout()));
  }

  #isInCircle(lock: string): boolean {
    const { locks } = this.#backend.server;
    return locks
      .holdersOf(lock)
      .some(
        (holder) =>
          holder === this.#backend ||
          (holder.running?.waitsFor !== undefined && this.#isInCircle(holder.running.waitsFor)),
      );
  }

  #fail(error: unknown): void {
    this.#drive(() => this.#statement.throw(error));
  }

  #end(outcome: Outcome<Result>): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.waitsFor = undefined;
    this.#done(outcome);
  }
}
