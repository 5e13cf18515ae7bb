/** Milliseconds. A transaction that idles for longer than the database allows is lost, so none is made much longer than this. */
const LONG_ENOUGH = 1_000;

/** How many events a lane takes at once: doubles while all goes well, halves on failure until the culprit stands alone. */
export class BatchSize {
  readonly #largest: number;
  #size = 1;
  #isProven = false;

  constructor(largest: number) {
    this.#largest = largest;
  }

  get current(): number {
    return this.#size;
  }

  /** After a start or a failure, until one event alone has succeeded, a crash must be able to name its event. */
  get isOnTrial(): boolean {
    return this.#size === 1 && !this.#isProven;
  }

  succeeded(milliseconds: number): void {
    this.#isProven = true;
    if (milliseconds < LONG_ENOUGH) this.#size = Math.min(this.#size * 2, this.#largest);
    else if (milliseconds > 2 * LONG_ENOUGH) this.#size = Math.max(1, Math.floor(this.#size / 2));
  }

  failed(handled: number): void {
    this.#isProven = false;
    this.#size = Math.max(1, Math.floor(handled / 2));
  }

  startOver(): void {
    this.#isProven = false;
    this.#size = 1;
  }
}
