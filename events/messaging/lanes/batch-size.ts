import type { LaneSettings } from './lane-settings.ts';
import type { Subscriber } from './subscriber.ts';

/** Milliseconds. A transaction that idles for longer than the database allows is lost, so none is made much longer than this. */
const LONG_ENOUGH = 1_000;
/** Milliseconds. After so quick a batch four times as many are no risk. */
const QUICK = 100;

/** How many events a lane takes at once: grows while all goes well, halves on failure until the culprit stands alone. */
export class BatchSize {
  readonly #largest: number;
  readonly #aloneAtFirst: number;
  #size = 1;
  #aloneYet: number;

  /** So many events go alone after a start, in case one of them has ended the process that was here before. */
  constructor(largest: number, aloneAtFirst: number) {
    this.#largest = largest;
    this.#aloneAtFirst = aloneAtFirst;
    this.#aloneYet = aloneAtFirst;
  }

  get current(): number {
    return this.#size;
  }

  /** After a start or a failure, until one event alone has succeeded, a crash must be able to name its event. */
  get isOnTrial(): boolean {
    return this.#size === 1 && this.#aloneYet > 0;
  }

  succeeded(milliseconds: number): void {
    this.#aloneYet = Math.max(0, this.#aloneYet - 1);
    if (this.#aloneYet > 0) return;
    if (milliseconds < LONG_ENOUGH) this.#size = Math.min(this.#size * (milliseconds < QUICK ? 4 : 2), this.#largest);
    else if (milliseconds > 2 * LONG_ENOUGH) this.#size = Math.max(1, Math.floor(this.#size / 2));
  }

  failed(handled: number): void {
    this.#aloneYet = Math.max(1, this.#aloneYet);
    this.#size = Math.max(1, Math.floor(handled / 2));
  }

  startOver(): void {
    this.#aloneYet = this.#aloneAtFirst;
    this.#size = 1;
  }
}

/** A handler that takes a batch in one call makes one statement of it: twice as many events are no burden to it. */
export function largestBatchOf(
  { singly, handleBatch }: Pick<Subscriber<never>, 'singly' | 'handleBatch'>,
  { largestBatch }: Pick<LaneSettings, 'largestBatch'>,
): number {
  if (singly) return 1;
  return handleBatch ? 2 * largestBatch : largestBatch;
}
