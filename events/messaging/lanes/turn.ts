import type { Lane } from './lane-storage.ts';
import type { Timing } from '../timing.ts';

/**
 * Whether this process works a lane now. A lane belongs to one process at a time, and the others leave it alone, unless it
 * stands still with work to do: then one of them steps in. This only saves work; the ledger makes it correct.
 */
export class Turn {
  readonly #lane: () => Lane;
  readonly #isMine: (lane: Lane) => boolean;
  readonly #timing: Timing;
  readonly #stepInAfter: number;
  #waitingSince: number | undefined;
  #hasSteppedIn = false;
  #wasOurs = true;

  constructor(lane: () => Lane, of: { isMine: (lane: Lane) => boolean; timing: Timing; stepInAfter: number }) {
    this.#lane = lane;
    this.#isMine = of.isMine;
    this.#timing = of.timing;
    this.#stepInAfter = of.stepInAfter;
  }

  get isOurs(): boolean {
    return this.#hasSteppedIn || this.#isMine(this.#lane());
  }

  /** Whether the lane has become ours since this was last asked. */
  hasCome(): boolean {
    const was = this.#wasOurs;
    this.#wasOurs = this.isOurs;
    return this.#wasOurs && !was;
  }

  /** There may be work to do: ours, or that of a process which has left it for too long. */
  mayWork(): boolean {
    if (this.isOurs) {
      this.#waitingSince = undefined;
      return true;
    }
    const now = this.#timing.now();
    this.#waitingSince ??= now;
    this.#hasSteppedIn = now - this.#waitingSince >= this.#stepInAfter;
    return this.#hasSteppedIn;
  }

  /** Somebody else works the lane. */
  standBack(): void {
    this.#hasSteppedIn = false;
    this.#waitingSince = undefined;
  }
}
