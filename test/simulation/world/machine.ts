import type { Timing } from '#events/messaging/timing';
import type { Clock } from '#shared-kernel/clock';
import type { Task } from './task-queue.ts';
import type { World } from './world.ts';

const BEGINNING_OF_TIME = Date.parse('2026-01-01T00:00:00Z');

/** How long others take to see that a process has died, milliseconds: mostly no time; for ever, where its host is gone. */
const NOTICED_WITHIN = [1, 1, 5, 50, 4_000, Number.POSITIVE_INFINITY];

/** How late a timer may ring, milliseconds. */
const LATENESS = 0.5;

/** The date at a virtual moment, by a clock that goes right. */
export const dateAt = (now: number): Date => new Date(BEGINNING_OF_TIME + now);

/** The virtual moment of a date. */
export const momentOf = (date: Date): number => date.getTime() - BEGINNING_OF_TIME;

/** One process: it can be killed, and it can be stopped and continued. */
export class Machine {
  readonly name: string;
  readonly timing: Timing;
  /** Goes wrong by a while, as clocks do. */
  readonly clock: Clock;
  readonly deathIsNoticedWithin: number;
  readonly #world: World;
  readonly #onDeath: (() => void)[] = [];
  readonly #onFreeze: (() => void)[] = [];
  #state: 'running' | 'frozen' | 'dead' = 'running';
  #kept: Task[] = [];

  constructor(name: string, world: World, { clockError }: { readonly clockError: number }) {
    this.name = name;
    this.#world = world;
    const origin = world.random.between(0, 1_000_000);
    this.timing = {
      now: () => world.now + origin,
      after: (milliseconds, callback) => this.#after(milliseconds, callback),
      random: () => world.random.next(),
    };
    this.deathIsNoticedWithin = world.random.pick(NOTICED_WITHIN);
    this.clock = { now: () => dateAt(world.now + clockError) };
  }

  get isDead(): boolean {
    return this.#state === 'dead';
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.#after(milliseconds, resolve));
  }

  /** A dead machine's tasks are forgotten, a frozen one's kept until it goes on. */
  mayRun(task: Task): boolean {
    if (this.#state === 'frozen') this.#kept.push(task);
    return this.#state === 'running';
  }

  freeze(): void {
    if (this.#state !== 'running') return;
    this.#state = 'frozen';
    for (const tell of this.#onFreeze) tell();
  }

  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    for (const task of this.#kept)
      this.#world.in(this.#world.random.next(), () => task.isCalledOff || task.run(), this);
    this.#kept = [];
  }

  die(): void {
    if (this.#state === 'dead') return;
    this.#state = 'dead';
    this.#kept = [];
    for (const tell of this.#onDeath) tell();
  }

  onDeath(tell: () => void): void {
    this.#onDeath.push(tell);
  }

  onFreeze(tell: () => void): void {
    this.#onFreeze.push(tell);
  }

  #after(milliseconds: number, callback: () => void): () => void {
    const task = this.#world.in(Math.max(1, milliseconds) + this.#world.random.next() * LATENESS, callback, this);
    return () => void (task.isCalledOff = true);
  }
}
