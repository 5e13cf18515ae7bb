import type { Timing } from '../timing.ts';

/**
 * Milliseconds. Who has lost its connection is back sooner: it finds out within two seconds, and rests for a quarter of one. After
 * a kill, a second until the next look and one until somebody looks for due work come on top.
 */
const GRACE = 4_000;

/** Who counts as there. A lost connection, or a server that starts again, makes nobody gone: only who stays away does. */
export class Attendance {
  readonly #self: string;
  readonly #timing: Pick<Timing, 'now'>;
  /** By name: since when it is missing, where it is. */
  readonly #known = new Map<string, number | undefined>();
  #began: number | undefined;
  #isNew = true;
  #looked = 0;

  constructor(self: string, timing: Pick<Timing, 'now'>) {
    this.#self = self;
    this.#timing = timing;
  }

  /**
   * Takes note of who is seen now, and gives those who count as there; nothing while that is not known. Whoever is not seen itself
   * has lost its connection, as others may have; and whoever has not looked for long knows of nobody since when it is missing. A
   * process that is new takes who is missing for gone at once, such as the one before it that was killed: unless the server has
   * only just started, `upFor` milliseconds ago, and nobody has had the time to be back.
   */
  look(seen: readonly string[], upFor: number): readonly string[] | undefined {
    const now = this.#timing.now();
    const isBlind = !seen.includes(this.#self);
    if (isBlind || now - this.#looked > GRACE) this.#forget();
    this.#looked = now;
    if (isBlind) return undefined;
    this.#began ??= this.#isNew && upFor >= GRACE ? now - GRACE : now;
    this.#isNew = false;
    this.#note(seen, now);
    return now - this.#began >= GRACE ? [...this.#known.keys()].toSorted() : undefined;
  }

  #note(seen: readonly string[], now: number): void {
    for (const name of seen) this.#known.set(name, undefined);
    for (const name of new Set(this.#known.keys()).difference(new Set(seen))) {
      const since = this.#known.get(name) ?? now;
      if (now - since >= GRACE) this.#known.delete(name);
      else this.#known.set(name, since);
    }
  }

  #forget(): void {
    this.#known.clear();
    this.#began = undefined;
  }
}
