import type { Timing } from '../timing.ts';

export interface AnnouncerDependencies {
  /** Tells the relays of other processes of which types, outside of any transaction. */
  readonly notify: (types: readonly string[]) => Promise<unknown>;
  readonly hasListeners: () => boolean;
  /** Whether a type is worth telling: one that only this process waits for, or nobody, is not. */
  readonly concernsOthers: (type: string) => boolean;
  readonly reportError: (error: unknown) => void;
  readonly timing: Timing;
}

/** Milliseconds. */
const AT_MOST_EVERY = 2;

/**
 * Tells the relays of other processes that something was appended which concerns them. Always outside of transactions, because
 * a commit with a NOTIFY takes a lock that all such commits of a server share; and at most every 2 ms, however many there are.
 */
export class Announcer {
  readonly #of: AnnouncerDependencies;
  readonly #untold = new Set<string>();
  #callOff: () => void = () => undefined;

  constructor(dependencies: AnnouncerDependencies) {
    this.#of = dependencies;
  }

  announce(types: readonly string[]): void {
    if (!this.#of.hasListeners()) return;
    const worthTelling = types.filter((type) => this.#of.concernsOthers(type));
    if (worthTelling.length === 0) return;
    if (this.#untold.size === 0) this.#callOff = this.#of.timing.after(AT_MOST_EVERY, () => this.#tell());
    for (const type of worthTelling) this.#untold.add(type);
  }

  /** What is not yet told is left to the others' own looks at the log. */
  close(): void {
    this.#callOff();
  }

  #tell(): void {
    const types = [...this.#untold];
    this.#untold.clear();
    this.#of.notify(types).catch(this.#of.reportError);
  }
}
