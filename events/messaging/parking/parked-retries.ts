import { BatchSize, largestBatchOf } from '../lanes/batch-size.ts';
import type { EventCodec, KnownVersions } from '../facts/codec.ts';
import { Excuses } from '../lanes/excuses.ts';
import { describeError, HandlerFailed, HandlerTimedOut, ENDED_WHILE_HANDLED } from '../lanes/failure.ts';
import { faultOf, opening } from '../lanes/fault.ts';
import { handleAll, limitOf } from '../lanes/handling.ts';
import type { LaneSettings } from '../lanes/lane-settings.ts';
import type { Lane } from '../lanes/lane-storage.ts';
import type { Observer } from '../watching/observer.ts';
import { eventsOf, type ParkedEvent, type ParkedStorage } from './parked-storage.ts';
import { isDeadAfter, restAfter } from './parking.ts';
import { Processing } from '../watching/processing.ts';
import type { Subscriber } from '../lanes/subscriber.ts';
import type { Timing } from '../timing.ts';
import type { Tracing } from '../watching/tracing.ts';

export interface RetryDependencies<Scope> {
  readonly subscriber: Subscriber<Scope>;
  readonly parked: ParkedStorage<Scope>;
  readonly codec: EventCodec;
  readonly timing: Timing;
  readonly settings: LaneSettings;
  readonly observer: Observer;
  readonly tracing?: Tracing | undefined;
}

/** Milliseconds until one looks again for what is due and was not to be had: somebody else is trying it. */
const TAKEN_REST = 100;

/** What became of a try; none where nothing was due. */
export type Retry = 'none' | 'done' | 'failed' | 'given back';

/**
 * Tries the parked events of one lane again, with growing pauses: heads of their keys only. What waited behind a head goes
 * with it, more at a time for as long as all goes well.
 */
export class ParkedRetries<Scope> {
  readonly #lane: () => Lane;
  readonly #of: RetryDependencies<Scope>;
  readonly #known: KnownVersions;
  readonly #size: BatchSize;
  readonly #excuses = new Excuses();
  /** Attempts that are to be given back, and could not be yet: the database was away. */
  #owed: readonly ParkedEvent[] = [];
  #lookAt: number | undefined;

  constructor(lane: () => Lane, dependencies: RetryDependencies<Scope>) {
    this.#lane = lane;
    this.#of = dependencies;
    const { codec, subscriber, settings } = dependencies;
    this.#known = codec.known(subscriber.types);
    this.#size = new BatchSize(largestBatchOf(subscriber, settings), 1);
  }

  /** Something was parked: look at the storage at the next occasion. */
  lookNow(): void {
    this.#lookAt = this.#of.timing.now();
  }

  /** Milliseconds until the next look. */
  dueIn(): number | undefined {
    return this.#lookAt === undefined ? undefined : Math.max(0, this.#lookAt - this.#of.timing.now());
  }

  /** For how long the look has been due, milliseconds. */
  overdueBy(): number {
    return this.#lookAt === undefined ? 0 : Math.max(0, this.#of.timing.now() - this.#lookAt);
  }

  /** Whether attempts are still to be given back. */
  get areOwed(): boolean {
    return this.#owed.length > 0;
  }

  async payBack(): Promise<void> {
    for (const parked of this.#owed) {
      await this.#of.parked.refund(this.#lane(), parked, this.#of.settings.retry.first);
      this.#owed = this.#owed.slice(1);
    }
  }

  /** Tries one head that is due, and what is behind it. */
  async tryNext(): Promise<Retry> {
    if (this.dueIn() !== 0) return 'none';
    const pauseMs = (attempt: number) => restAfter(attempt, 'hung or crashed', this.#of);
    const wish = { known: this.#known, most: this.#size.current, pauseMs };
    const parked = await this.#of.parked.takeDue(this.#lane(), wish);
    if (parked) return this.#try(parked);
    await this.#noteNextLook();
    return 'none';
  }

  async #noteNextLook(): Promise<void> {
    const dueIn = await this.#of.parked.nextDueIn(this.#lane(), this.#known);
    this.#lookAt = dueIn === undefined ? undefined : this.#of.timing.now() + (dueIn === 0 ? TAKEN_REST : dueIn);
  }

  async #try(parked: ParkedEvent): Promise<Retry> {
    // An attempt is spent before it is made: one more than there are means that nobody lived to see the last one end.
    if (parked.attempt > this.#of.settings.attempts) return this.#record(parked, ENDED_WHILE_HANDLED);
    const { parked: storage, subscriber, codec, timing, tracing } = this.#of;
    const began = timing.now();
    let processing: Processing | undefined;
    let isDone: boolean;
    try {
      isDone = await opening((onOpened) =>
        storage.inRetry(this.#lane(), parked, async (scope) => {
          onOpened();
          const events = eventsOf(parked).map((event) => codec.decode(event));
          processing = tracing && new Processing(subscriber, events, tracing);
          const limit = { ...limitOf(this.#lane(), this.#of), processing };
          await handleAll(subscriber, { scopeOf: () => scope }, events, limit);
        }),
      );
    } catch (error) {
      processing?.end(error);
      return this.#giveBackOrRecord(parked, error);
    }
    if (!isDone) return this.#giveBack(parked);
    processing?.end();
    return this.#noteSuccess(parked, timing.now() - began);
  }

  #noteSuccess(parked: ParkedEvent, milliseconds: number): Retry {
    this.#size.succeeded(milliseconds);
    this.#excuses.forget(parked.event.id);
    for (const event of eventsOf(parked)) this.#of.observer.retried?.({ lane: this.#lane(), event, outcome: 'done' });
    return 'done';
  }

  async #giveBackOrRecord(parked: ParkedEvent, error: unknown): Promise<Retry> {
    if (faultOf(error) !== 'event' && this.#excuses.take(parked.event.id, error)) return this.#giveBack(parked);
    if (parked.followers.length > 0) return this.#tryFewer(parked);
    const cause = error instanceof HandlerFailed ? error.cause : error;
    return this.#record(parked, describeError(cause), cause instanceof HandlerTimedOut ? 'hung or crashed' : 'failed');
  }

  /** Nobody knows yet which of them it was. */
  async #tryFewer(parked: ParkedEvent): Promise<Retry> {
    this.#size.failed(eventsOf(parked).length);
    return this.#giveBack(parked, 0);
  }

  async #giveBack(parked: ParkedEvent, restMs = this.#of.settings.retry.first): Promise<Retry> {
    try {
      await this.#of.parked.refund(this.#lane(), parked, restMs);
      return 'given back';
    } catch (error) {
      this.#owed = [...this.#owed, parked];
      throw error;
    }
  }

  async #record(parked: ParkedEvent, error: string, end: 'failed' | 'hung or crashed' = 'failed'): Promise<Retry> {
    const { parked: storage, observer } = this.#of;
    const isDead = isDeadAfter(parked.attempt, this.#of);
    const restMs = restAfter(parked.attempt, end, this.#of);
    await storage.recordFailure(this.#lane(), parked, { error, restMs, isDead });
    observer.retried?.({ lane: this.#lane(), event: parked.event, outcome: isDead ? 'dead' : 'failed' });
    return 'failed';
  }
}
