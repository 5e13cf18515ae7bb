import type { Timing } from './timing.ts';

/** Wakes who waits. A ring that nobody awaits is kept for the next who does; after `retire` nobody waits any more. */
export class Bell {
  readonly #timing: Timing;
  readonly #waiting = new Set<() => void>();
  #isRung = false;
  #isRetired = false;

  constructor(timing: Timing) {
    this.#timing = timing;
  }

  ring(): void {
    this.#isRung = this.#waiting.size === 0;
    for (const wake of this.#waiting) wake();
  }

  retire(): void {
    this.#isRetired = true;
    this.ring();
  }

  /** Resolves at the next ring, but after so many milliseconds at the latest. */
  async wait(milliseconds: number): Promise<void> {
    if (this.#isRetired) return;
    if (this.#isRung) {
      this.#isRung = false;
      return;
    }
    await new Promise<void>((resolve) => {
      const callOff = this.#timing.after(milliseconds, () => wake());
      const wake = () => {
        callOff();
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
    });
  }
}
