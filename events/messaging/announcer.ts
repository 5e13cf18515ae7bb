import type { Timing } from './timing.ts';

export interface AnnouncerDependencies {
  /** Tells the relays of other processes, outside of any transaction. */
  readonly notify: () => Promise<unknown>;
  readonly hasListeners: () => boolean;
  readonly reportError: (error: unknown) => void;
  readonly timing: Timing;
}

/** Milliseconds. */
const AT_MOST_EVERY = 2;

/**
 * Tells the relays of other processes that something was appended. Always outside of transactions, because a commit with a
 * NOTIFY takes a lock that all such commits of a server share; and at most every 2 ms, however many commits there are.
 */
export class Announcer {
  readonly #of: AnnouncerDependencies;
  #isPending = false;
  #callOff: () => void = () => undefined;

  constructor(dependencies: AnnouncerDependencies) {
    this.#of = dependencies;
  }

  announce(): void {
    const { notify, hasListeners, reportError, timing } = this.#of;
    if (this.#isPending || !hasListeners()) return;
    this.#isPending = true;
    this.#callOff = timing.after(AT_MOST_EVERY, () => {
      this.#isPending = false;
      notify().catch(reportError);
    });
  }

  /** What is not yet told is left to the others' own looks at the log. */
  close(): void {
    this.#callOff();
  }
}
