import type { Backend } from './backend.ts';

/** Who holds which lock: row locks, unique keys being inserted, advisory locks. All are exclusive. */
export class Locks {
  readonly #holders = new Map<string, Backend>();

  /** True when it is the backend's now, or was before. */
  take(name: string, backend: Backend): boolean {
    const holder = this.#holders.get(name);
    if (holder) return holder === backend;
    this.#holders.set(name, backend);
    return true;
  }

  release(name: string): void {
    this.#holders.delete(name);
  }

  holderOf(name: string): Backend | undefined {
    return this.#holders.get(name);
  }

  /** What stands behind a prefix in the names of held locks. */
  heldUnder(prefix: string): string[] {
    return [...this.#holders.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  }
}
