import { pauseAfter } from './back-off.ts';
import { NotYetKnown, type EventCodec } from './codec.ts';
import { handleAll, HandlerFailed, limitOf } from './delivery.ts';
import type { DeliveredEvent } from './event.ts';
import { describeError, faultOf } from './failure.ts';
import type { LaneSettings } from './lane-settings.ts';
import type { Lane } from './lane-storage.ts';
import type { RecordedEvent } from './log.ts';
import type { Observer } from './observer.ts';
import type { ParkedEvent, ParkedStorage } from './parked-storage.ts';
import { Processing } from './processing.ts';
import type { Subscriber } from './subscriber.ts';
import type { Timing } from './timing.ts';
import type { Tracing } from './tracing.ts';

export interface RetryDependencies<Scope> {
  readonly subscriber: Subscriber<Scope>;
  readonly parked: ParkedStorage<Scope>;
  readonly codec: EventCodec;
  readonly timing: Timing;
  readonly settings: LaneSettings;
  readonly observer: Observer;
  readonly tracing?: Tracing | undefined;
}

/** An attempt is spent before it is made: one more than there are means that nobody lived to see the last one end. */
const PROCESS_ENDED = 'the process ended while this event was being handled';

/** Tries the parked events of one lane again: heads of their keys only, each alone, with growing pauses. */
export class ParkedRetries<Scope> {
  readonly #lane: () => Lane;
  readonly #of: RetryDependencies<Scope>;
  #lookAt: number | undefined;

  constructor(lane: () => Lane, dependencies: RetryDependencies<Scope>) {
    this.#lane = lane;
    this.#of = dependencies;
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

  /** Tries one head that is due; false when there is none. */
  async tryNext(): Promise<boolean> {
    if (this.dueIn() !== 0) return false;
    const { parked: storage, settings, timing } = this.#of;
    const parked = await storage.takeDue(this.#lane(), (attempt) => pauseAfter(attempt, settings.retry, timing));
    if (parked) await this.#try(parked);
    else await this.#noteNextLook();
    return parked !== undefined;
  }

  async #noteNextLook(): Promise<void> {
    const dueIn = await this.#of.parked.nextDueIn(this.#lane());
    this.#lookAt = dueIn === undefined ? undefined : this.#of.timing.now() + dueIn;
  }

  async #try(parked: ParkedEvent): Promise<void> {
    if (parked.attempt > this.#of.settings.attempts) return this.#record(parked, PROCESS_ENDED);
    const { parked: storage, subscriber, settings, observer, tracing } = this.#of;
    let processing: Processing | undefined;
    try {
      const isDone = await storage.inRetry(this.#lane(), parked, async (scope) => {
        const events = [this.#read(parked.event)];
        processing = tracing && new Processing(subscriber, events, tracing);
        const limit = { ...limitOf(this.#lane(), this.#of), processing };
        await handleAll(subscriber, { scopeOf: () => scope }, events, limit);
      });
      if (isDone) processing?.end();
      if (isDone) observer.retried?.({ lane: this.#lane(), event: parked.event, outcome: 'done' });
      else await storage.refund(this.#lane(), parked, settings.retry.first);
    } catch (error) {
      processing?.end(error);
      await this.#giveBackOrRecord(parked, error);
    }
  }

  /** What newer code has set aside may be of a type that this code knows, and this subscriber does not hear yet. */
  #read(event: RecordedEvent): DeliveredEvent {
    const { codec, subscriber } = this.#of;
    if (!subscriber.types.includes(event.type))
      throw new NotYetKnown(event, `is not for ${subscriber.name} in this code`);
    return codec.decode(event);
  }

  async #giveBackOrRecord(parked: ParkedEvent, error: unknown): Promise<void> {
    const { parked: storage, settings } = this.#of;
    if (error instanceof NotYetKnown) return storage.refund(this.#lane(), parked, settings.notYetKnownRest);
    if (faultOf(error) !== 'event') return storage.refund(this.#lane(), parked, settings.retry.first);
    await this.#record(parked, describeError(error instanceof HandlerFailed ? error.cause : error));
  }

  async #record(parked: ParkedEvent, why: string): Promise<void> {
    const { parked: storage, settings, observer } = this.#of;
    const isDead = parked.attempt >= settings.attempts;
    await storage.recordFailure(this.#lane(), parked, why, isDead);
    observer.retried?.({ lane: this.#lane(), event: parked.event, outcome: isDead ? 'dead' : 'failed' });
  }
}
