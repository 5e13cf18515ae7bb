import type { Backend } from './backend.ts';

interface Held {
  readonly by: Set<Backend>;
  readonly isShared: boolean;
}

/** Who holds which lock: row locks, unique keys being inserted, advisory locks, which may be shared. */
export class Locks {
  readonly #held = new Map<string, Held>();

  /** True when it is the backend's now, or was before. */
  take(name: string, backend: Backend, isShared = false): boolean {
    const held = this.#held.get(name) ?? { by: new Set(), isShared };
    const isOfOthers = held.by.size > (held.by.has(backend) ? 1 : 0);
    if (isOfOthers && !(isShared && held.isShared)) return false;
    this.#held.set(name, { by: held.by.add(backend), isShared: isShared && held.isShared });
    return true;
  }

  /** True when nobody holds it any more. */
  release(name: string, backend: Backend): boolean {
    const by = this.#held.get(name)?.by;
    by?.delete(backend);
    if (by && by.size > 0) return false;
    this.#held.delete(name);
    return true;
  }

  holdersOf(name: string): readonly Backend[] {
    return [...(this.#held.get(name)?.by ?? [])];
  }

  /** What stands behind a prefix in the names of held locks. */
  heldUnder(prefix: string): string[] {
    return [...this.#held.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  }
}
