import { eventsAfter, type Slice, type Tap } from '../log/feed.ts';
import { FrontierGone, LogMoved, type LogPosition } from '../log/log.ts';
import type { Subscriber } from './subscriber.ts';

/**
 * Settled events of some types, read from the log itself by a lane that is behind the feed.
 * @throws {LogMoved} where `after` is not in the log any more, {@link FrontierGone} where `through` is not, or not beyond `after`
 */
export type ReadBehind = (types: readonly string[], after: LogPosition, through: LogPosition) => Promise<Slice>;

export interface LaneReaderDependencies {
  readonly subscriber: Pick<Subscriber<never>, 'types'>;
  readonly tap: Tap;
  readonly frontier: () => LogPosition;
  readonly readBehind: ReadBehind;
}

interface OwnSlice extends Slice {
  readonly after: LogPosition;
}

/** What a lane is to handle next: from the pages that all lanes share, or, where these were not kept for it, from the log itself. */
export class LaneReader {
  readonly #of: LaneReaderDependencies;
  /** What was read last for this lane alone, and from where on. */
  #own: OwnSlice | undefined;

  constructor(dependencies: LaneReaderDependencies) {
    this.#of = dependencies;
  }

  /** Nothing when the lane is at the end of what is known of the log. */
  async after(at: LogPosition): Promise<Slice | undefined> {
    const shared = this.#of.tap.after(at.position);
    if (shared === 'behind') return (this.#own = this.#restOfOwn(at) ?? (await this.#readOwn(at)));
    this.#own = undefined;
    return shared;
  }

  /** Whether an event for the lane was read that stands past a place. */
  hasMoreAfter({ position }: LogPosition): boolean {
    return this.#of.tap.hasMoreAfter(position);
  }

  /** Leaves to others what there is. What was read for this lane alone is kept: it tells whether the lane still stands still. */
  leave(): void {
    this.#of.tap.leave();
  }

  /** Whether a place is still in the log. */
  async canReadOnFrom(at: LogPosition): Promise<boolean> {
    try {
      await this.#of.readBehind([], at, this.#of.frontier());
      return true;
    } catch (error) {
      if (error instanceof FrontierGone) return true;
      if (error instanceof LogMoved) return false;
      throw error;
    }
  }

  /** What was read until now may come from another server. */
  forget(): void {
    this.#of.tap.forget();
    this.#own = undefined;
  }

  async #readOwn(after: LogPosition): Promise<OwnSlice> {
    const { readBehind, subscriber, frontier } = this.#of;
    return { ...(await readBehind(subscriber.types, after, frontier())), after };
  }

  /** What was read for a large batch is not read again for every small one. */
  #restOfOwn({ position }: LogPosition): OwnSlice | undefined {
    const own = this.#own;
    if (!own || position < own.after.position || position >= own.to.position) return undefined;
    return { ...own, events: eventsAfter(position, own.events) };
  }
}
