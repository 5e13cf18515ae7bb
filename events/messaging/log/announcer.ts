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

/** A notice that somebody else sends, who is about to commit. */
export interface OpenNotice {
  readonly types: readonly string[];
  /** Hears how it fares: the next one waits for that. */
  readonly heed: (answer: Promise<unknown>) => void;
}

/**
 * Milliseconds between two notices; the busier everybody is the longer the last one took, with its commit where it left behind one,
 * and the more the next one tells of.
 */
const REST = { shortest: 2, longest: 10, share: 2 };

/**
 * Tells the relays of other processes that something was appended which concerns them. Always outside of transactions, because
 * a commit with a NOTIFY takes a lock that all such commits of a server share. The first notice goes at once, right behind the
 * commit where it can; what comes while it is under way, or shortly after, goes together with the next.
 */
export class Announcer {
  readonly #of: AnnouncerDependencies;
  readonly #untold = new Set<string>();
  #isResting = false;
  #callOff: () => void = () => undefined;

  constructor(dependencies: AnnouncerDependencies) {
    this.#of = dependencies;
  }

  /** These were appended, and nobody was told yet. */
  announce(types: readonly string[]): void {
    for (const type of this.#worthTelling(types)) this.#untold.add(type);
    if (this.#untold.size > 0 && !this.#isResting) void this.#tell();
  }

  /** These are being appended: what to tell right behind the commit, by whoever sends it; nothing where that has to rest. */
  openNotice(types: readonly string[]): OpenNotice | undefined {
    const told = this.#worthTelling(types);
    if (this.#isResting || told.length === 0) return undefined;
    this.#isResting = true;
    return { types: told, heed: (answer) => void this.#restAfter(answer) };
  }

  /** What is not yet told is left to the others' own looks at the log. */
  close(): void {
    this.#untold.clear();
    this.#callOff();
  }

  #worthTelling(types: readonly string[]): readonly string[] {
    const { hasListeners, concernsOthers } = this.#of;
    return hasListeners() ? [...new Set(types)].filter(concernsOthers) : [];
  }

  async #tell(): Promise<void> {
    this.#isResting = true;
    const types = [...this.#untold];
    this.#untold.clear();
    await this.#restAfter(this.#of.notify(types));
  }

  async #restAfter(notice: Promise<unknown>): Promise<void> {
    const { reportError, timing } = this.#of;
    const began = timing.now();
    await notice.catch(reportError);
    const { shortest, longest, share } = REST;
    const rest = Math.min(longest, Math.max(shortest, share * (timing.now() - began)));
    this.#callOff = timing.after(rest, () => {
      this.#isResting = false;
      if (this.#untold.size > 0) void this.#tell();
    });
  }
}
