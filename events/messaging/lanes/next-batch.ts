import { BatchSize, largestBatchOf } from './batch-size.ts';
import { HandlerFailed } from './failure.ts';
import type { Slice } from '../log/feed.ts';
import type { BatchPlan } from './lane-batch.ts';
import type { LaneSettings } from './lane-settings.ts';
import { positionOf, type RecordedEvent } from '../log/log.ts';
import type { Subscriber } from './subscriber.ts';

/** About as many events as a lane has in hand when its process ends, and as one that takes it over finds. */
const ALONE_AT_FIRST = 8;

/** A batch of so few events is light, where the last one took no longer than so many milliseconds. */
const LIGHT = { events: 100, milliseconds: 100 };

/** Which events a lane takes next, by how the last ones went. */
export class NextBatch {
  readonly #size: BatchSize;
  /** The event that a failed batch, or a watchdog, blames: it is tried alone. */
  #suspect: string | undefined;
  #replayUntil = 0;
  #lastTook = 0;

  constructor(
    subscriber: Pick<Subscriber<never>, 'singly' | 'handleBatch'>,
    settings: Pick<LaneSettings, 'largestBatch'>,
  ) {
    this.#size = new BatchSize(largestBatchOf(subscriber, settings), ALONE_AT_FIRST);
  }

  /** As many as have gone well so far; a suspect stands alone, and a replay ends where it was told to. */
  of(slice: Slice): Omit<BatchPlan, 'from'> {
    const events = slice.events.slice(0, this.#size.current);
    const replayed = events.findLastIndex(({ position }) => position <= this.#replayUntil);
    if (replayed !== -1) events.length = replayed + 1;
    const suspect = this.#suspect === undefined ? -1 : events.findIndex(({ id }) => id === this.#suspect);
    if (suspect !== -1) events.length = Math.max(1, suspect);
    const isTrial = events.length === 1 && (this.#size.isOnTrial || suspect === 0);
    const to = events.length === slice.events.length ? slice.to : positionOf(events.at(-1)!);
    const isLight = events.length <= LIGHT.events && this.#lastTook <= LIGHT.milliseconds;
    return { events, to, server: slice.server, isTrial, isLight };
  }

  suspect(eventId: string): void {
    this.#suspect = eventId;
  }

  /** Events up to here are handled once more, apart from new ones. */
  replayUntil(position: number): void {
    this.#replayUntil = position;
  }

  succeeded([first]: readonly RecordedEvent[], milliseconds: number): void {
    if (first!.id === this.#suspect) this.#suspect = undefined;
    this.#size.succeeded(milliseconds);
    this.#lastTook = milliseconds;
  }

  /** One of so many failed, and it may be known which. */
  failed(events: number, error?: unknown): void {
    if (error instanceof HandlerFailed) this.suspect(error.eventId);
    else this.#size.failed(events);
  }

  /** Whoever worked the lane before may have been ended by an event of it. */
  startOver(): void {
    this.#size.startOver();
  }
}
