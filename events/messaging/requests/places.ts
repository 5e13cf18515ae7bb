import type { LeasedRequest } from './request-storage.ts';

/** Requests taken per place, the one under way included: enough that no place idles. */
const PER_PLACE = 4;

export interface PlacesDependencies {
  /** Never rejects. */
  readonly perform: (request: LeasedRequest) => Promise<void>;
  /** A place is free, nobody waits for one, and there may be more. */
  readonly onFree: () => void;
}

/** Where the requests of one kind are performed: as many at once as there are places, the others in the order they came. */
export class Places {
  /** Others of the kind may be due that are leased to nobody. */
  areMore = false;
  readonly #count: number;
  readonly #of: PlacesDependencies;
  readonly #waiting: LeasedRequest[] = [];
  readonly #running = new Set<Promise<void>>();

  constructor(count: number, dependencies: PlacesDependencies) {
    this.#count = count;
    this.#of = dependencies;
  }

  get room(): number {
    return this.#count * PER_PLACE - this.#waiting.length - this.#running.size;
  }

  get running(): readonly Promise<void>[] {
    return [...this.#running];
  }

  add(requests: readonly LeasedRequest[]): void {
    this.#waiting.push(...requests);
    this.#fill();
  }

  /** Nobody waits any longer: gives those who did. */
  dismiss(): readonly LeasedRequest[] {
    return this.#waiting.splice(0);
  }

  #fill(): void {
    while (this.#running.size < this.#count && this.#waiting.length > 0) {
      const running: Promise<void> = this.#of.perform(this.#waiting.shift()!).finally(() => this.#leave(running));
      this.#running.add(running);
    }
  }

  #leave(done: Promise<void>): void {
    this.#running.delete(done);
    this.#fill();
    if (this.areMore && this.#waiting.length === 0) this.#of.onFree();
  }
}
