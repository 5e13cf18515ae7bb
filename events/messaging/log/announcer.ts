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

/** Milliseconds between two notices; the busier everybody is the longer the last one took, and the more the next one tells of. */
const REST = { shortest: 2, longest: 10, share: 2 };

/**
 * Tells the relays of other processes that something was appended which concerns them. Always outside of transactions, because
 * a commit with a NOTIFY takes a lock that all such commits of a server share. The first notice goes at once; what comes while it
 * is under way, or shortly after, goes together with the next.
 */
export class Announcer {
  readonly #of: AnnouncerDependencies;
  readonly #untold = new Set<string>();
  #isResting = false;
  #callOff: () => void = () => undefined;

  constructor(dependencies: AnnouncerDependencies) {
    this.#of = dependencies;
  }

  announce(types: readonly string[]): void {
    if (!this.#of.hasListeners()) return;
    for (const type of types) if (this.#of.concernsOthers(type)) this.#untold.add(type);
    if (this.#untold.size > 0 && !this.#isResting) void this.#tell();
  }

  /** What is not yet told is left to the others' own looks at the log. */
  close(): void {
    this.#untold.clear();
    this.#callOff();
  }

  async #tell(): Promise<void> {
    const { notify, reportError, timing } = this.#of;
    this.#isResting = true;
    const types = [...this.#untold];
    this.#untold.clear();
    const began = timing.now();
    await notify(types).catch(reportError);
    const { shortest, longest, share } = REST;
    const rest = Math.min(longest, Math.max(shortest, share * (timing.now() - began)));
    this.#callOff = timing.after(rest, () => {
      this.#isResting = false;
      if (this.#untold.size > 0) void this.#tell();
    });
  }
}
