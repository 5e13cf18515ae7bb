import { eventsAfter, type Slice, type Tap } from '../log/feed.ts';
import { FrontierGone, LogMoved, type LogPosition } from '../log/log.ts';
import type { Subscriber } from './subscriber.ts';

/**
 * Settled events of some types, read from the log itself by a lane that is behind the feed.
 * @throws {LogMoved} where `after` is not in the log any more, {@link FrontierGone} where `through` is not
 */
export type ReadBehind = (types: readonly string[], after: LogPosition, through: LogPosition) => Promise<Slice>;

export interface LaneReaderDependencies {
  readonly subscriber: Pick<Subscriber<never>, 'types'>;
  readonly tap: Tap;
  readonly frontier: () => LogPosition;
  readonly readBehind: ReadBehind;
}

/** What a lane is to handle next: from the pages that all lanes share, or, when it is far behind them, from the log itself. */
export class LaneReader {
  readonly #of: LaneReaderDependencies;
  /** What was read last for this lane alone. */
  #own: Slice | undefined;

  constructor(dependencies: LaneReaderDependencies) {
    this.#of = dependencies;
  }

  /** Nothing when the lane is at the end of what is known of the log. */
  async after(at: LogPosition): Promise<Slice | undefined> {
    const { tap, readBehind, subscriber, frontier } = this.#of;
    const shared = tap.after(at.position);
    if (shared === 'behind')
      return (this.#own = this.#restOfOwn(at) ?? (await readBehind(subscriber.types, at, frontier())));
    this.#own = undefined;
    return shared;
  }

  /** Leaves to others what was read last. */
  leave(): void {
    this.#of.tap.leave();
  }

  /** Whether a place is still in the log. */
  async canReadOnFrom(at: LogPosition): Promise<boolean> {
    if (at.eventId === null) return true;
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

  /** What was read for a large batch is not read again for every small one. */
  #restOfOwn({ position }: LogPosition): Slice | undefined {
    const own = this.#own;
    if (!own || position < own.after.position || position >= own.to.position) return undefined;
    return { ...own, events: eventsAfter(position, own.events) };
  }
}
