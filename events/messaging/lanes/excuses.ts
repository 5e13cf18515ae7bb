import { mayBeBroughtAbout } from './fault.ts';

/**
 * An event that meets what is nobody's fault, a lost race or a lost connection, so often in a row brings it about: it always
 * loses its race, or ends the connection of whoever handles it. Until the last of these times it is excused.
 */
export const EXCUSES = 20;
/** Events that are remembered; others may have dealt with the oldest of them long since. */
const REMEMBERED = 1_000;

/** Remembers what events were excused for, as long as this process lives. */
export class Excuses {
  readonly #spent = new Map<string, number>();

  /** Takes one more; false when there are none left. */
  take(eventId: string, error: unknown): boolean {
    if (!mayBeBroughtAbout(error)) return true;
    const spent = (this.#spent.get(eventId) ?? 0) + 1;
    this.#spent.delete(eventId);
    this.#spent.set(eventId, spent);
    if (this.#spent.size > REMEMBERED) this.forget(this.#spent.keys().next().value!);
    return spent < EXCUSES;
  }

  forgetAll(): void {
    this.#spent.clear();
  }

  /** It has come to an end. */
  forget(eventId: string): void {
    this.#spent.delete(eventId);
  }
}
