import { pauseAfter } from './back-off.ts';
import { BatchSize } from './batch-size.ts';
import type { Bell } from './bell.ts';
import type { EventCodec } from './codec.ts';
import { handleAll, HandlerFailed, limitOf, sortOut } from './delivery.ts';
import { describeError, faultOf } from './failure.ts';
import { FailureRate } from './failure-rate.ts';
import { eventsAfter, type PassOver, type Slice, type Tap } from './feed.ts';
import type { LaneSettings } from './lane-settings.ts';
import { BUSY, type EnlistedLane, type Lane, type LaneBatch, type LaneStorage } from './lane-storage.ts';
import { BEGINNING, LogMoved, type LogPosition, type RecordedEvent } from './log.ts';
import type { Observer } from './observer.ts';
import { ParkedRetries } from './parked-retries.ts';
import type { ParkedStorage } from './parked-storage.ts';
import { Processing } from './processing.ts';
import type { Subscriber } from './subscriber.ts';
import type { Timing } from './timing.ts';
import type { Tracing } from './tracing.ts';
import { Turn } from './turn.ts';

/** What a step came to: go on at once, wait for events, or rest so many milliseconds first. */
export type Step = 'worked' | 'idle' | { readonly rest: number };

/** Settled events of some types, read from the log itself by a lane that is behind the feed. */
export type ReadBehind = (types: readonly string[], after: LogPosition, through: LogPosition) => Promise<Slice>;

export interface LaneDependencies<Scope> {
  readonly context: string;
  readonly subscriber: Subscriber<Scope>;
  readonly lane: EnlistedLane;
  /** The subscriber's lane as it is now: an operator may have put another in its place. */
  readonly reenlist: () => Promise<EnlistedLane>;
  readonly storage: LaneStorage<Scope>;
  readonly parked: ParkedStorage<Scope>;
  readonly tap: Tap;
  readonly frontier: () => LogPosition;
  readonly readBehind: ReadBehind;
  readonly codec: EventCodec;
  readonly timing: Timing;
  readonly settings: LaneSettings;
  readonly observer: Observer;
  readonly tracing?: Tracing | undefined;
  /** Whether this process is the one that should work the lane now. */
  readonly isMine: (lane: Lane) => boolean;
}

const BUSY_REST = 50;
const CONFLICT_REST = 5;
/** About as many events as a lane has in hand when its process ends, and as one that takes it over finds. */
const ALONE_AT_FIRST = 8;
const LOOK_WHETHER_RESUMED_EVERY = 1_000;

/** Works one durable subscriber: takes batches in the log's order, commits each with its position, sets failures aside. */
export class LaneWorker<Scope> {
  readonly #of: LaneDependencies<Scope>;
  readonly #size: BatchSize;
  readonly #turn: Turn;
  readonly #failures = new FailureRate();
  readonly #retries: ParkedRetries<Scope>;
  #lane: Lane;
  /** As the ledger says, as far as this worker knows. */
  #written: LogPosition = BEGINNING;
  /** Through where nothing is left to handle; the ledger hears of it with the next batch. */
  #seen: LogPosition = BEGINNING;
  /** Where others have brought the lane. */
  #heard: LogPosition | undefined;
  #lookedAt = 0;
  #pausedBecause: string | null = null;
  #outages = 0;
  #replayUntil = 0;
  #mustLookAgain = false;
  /** The slice of the log that was read last for this lane alone. */
  #behind: Slice | undefined;
  #isIdle = false;
  /** The event that a failed batch, or a watchdog, blames: it is tried alone. */
  #suspect: string | undefined;

  constructor(dependencies: LaneDependencies<Scope>) {
    const { subscriber, settings, lane } = dependencies;
    this.#of = dependencies;
    this.#lane = lane;
    this.#size = new BatchSize(subscriber.singly ? 1 : settings.largestBatch, ALONE_AT_FIRST);
    this.#turn = new Turn(() => this.#lane, { ...dependencies, stepInAfter: settings.stepInAfter });
    this.#retries = new ParkedRetries(() => this.#lane, dependencies);
    this.#take(lane);
    dependencies.tap.onNothing((page) => this.#passOver(page));
  }

  get context(): string {
    return this.#of.context;
  }

  get lane(): Lane {
    return this.#lane;
  }

  /** Rings when there may be something to do. */
  get bell(): Bell {
    return this.#of.tap.bell;
  }

  /** Through where everything is handled, as this worker last knew. */
  get at(): LogPosition {
    return this.#heard && this.#heard.position > this.#seen.position ? this.#heard : this.#seen;
  }

  /** Milliseconds until a parked event wants to be tried by this worker, as far as it knows. */
  get nextRetryIn(): number | undefined {
    return this.#mayRetry ? this.#retries.dueIn() : undefined;
  }

  /** Another process was seen to have brought the lane this far. A step under way goes by what it knew when it began. */
  heardOf(at: LogPosition): void {
    this.#heard = at;
  }

  /** Somebody may have changed by hand where the lane stands, or what is parked on it. */
  reconsider(): void {
    this.#mustLookAgain = true;
    this.bell.ring();
  }

  /** Does the next piece of work, if there is any. Rejects only when the log moved. @throws {LogMoved} */
  async step(): Promise<Step> {
    this.#isIdle = false;
    try {
      const step = await this.#next();
      this.#outages = 0;
      this.#isIdle = step === 'idle';
      return step;
    } catch (error) {
      return this.#recover(error, []);
    }
  }

  async #next(): Promise<Step> {
    if (this.#mustLookAgain) return this.#findPlace();
    if (this.#pausedBecause !== null) return this.#lookWhetherResumed();
    this.#heed();
    this.#takeOver();
    const hasRetried = this.#mayRetry && (await this.#retries.tryNext());
    const step = await this.#workSlice();
    return hasRetried ? 'worked' : step;
  }

  async #workSlice(): Promise<Step> {
    const slice = await this.#nextSlice();
    if (slice && slice.events.length > 0) {
      if (!this.#turn.mayWork()) return { rest: this.#of.settings.stepInAfter / 3 };
      this.#takeOver();
      return this.#attempt(slice);
    }
    if (slice) this.#seen = slice.to;
    const step = await this.#keepUp();
    if (slice || step !== 'worked') return step;
    this.#turn.standBack();
    return 'idle';
  }

  /** Whoever had the lane may have been ended by an event of it. */
  #takeOver(): void {
    if (!this.#turn.hasCome()) return;
    this.#retries.lookNow();
    this.#size.startOver();
  }

  /** Parked events are tried by whoever has the lane; when they are left for too long, by whoever knows of them. */
  get #mayRetry(): boolean {
    if (this.#pausedBecause !== null) return false;
    return this.#turn.isOurs || this.#retries.overdueBy() >= this.#of.settings.stepInAfter;
  }

  #heed(): void {
    const heard = this.#heard;
    this.#heard = undefined;
    if (!heard || heard.position <= this.#written.position) return;
    this.#turn.standBack();
    this.#moveTo(heard);
  }

  /** Waiting at the beginning of a page that holds nothing for it, the lane is at its end without being woken. */
  #passOver({ after, to }: Parameters<PassOver>[0]): boolean {
    const mayPass = this.#isIdle && !this.#heard && !this.#mustLookAgain && this.#pausedBecause === null;
    if (!mayPass || !isSame(this.#seen, after)) return false;
    this.#seen = to;
    return true;
  }

  async #nextSlice(): Promise<Slice | undefined> {
    const { tap, readBehind, subscriber, frontier } = this.#of;
    const shared = tap.after(this.#seen.position);
    if (shared === 'behind')
      return (this.#behind = this.#restOfBehind ?? (await readBehind(subscriber.types, this.#seen, frontier())));
    this.#behind = undefined;
    return shared;
  }

  /** What was read for a large batch is not read again for every small one. */
  get #restOfBehind(): Slice | undefined {
    const { position } = this.#seen;
    const isWithin = this.#behind && this.#behind.after.position <= position && position < this.#behind.to.position;
    return isWithin ? { ...this.#behind!, events: eventsAfter(position, this.#behind!.events) } : undefined;
  }

  async #attempt(slice: Slice): Promise<Step> {
    const events = this.#nextBatch(slice.events);
    const to = events.length === slice.events.length ? slice.to : positionOf(events.at(-1)!);
    try {
      return await this.#commit(events, to);
    } catch (error) {
      return this.#recover(error, events);
    }
  }

  /** As many as have gone well so far; a suspect stands alone, and a replay ends where it was told to. */
  #nextBatch(slice: readonly RecordedEvent[]): readonly RecordedEvent[] {
    const events = slice.slice(0, this.#size.current);
    const replayed = events.findLastIndex(({ position }) => position <= this.#replayUntil);
    if (replayed !== -1) events.length = replayed + 1;
    const suspect = this.#suspect === undefined ? -1 : events.findIndex(({ id }) => id === this.#suspect);
    if (suspect !== -1) events.length = Math.max(1, suspect);
    return events;
  }

  async #commit(events: readonly RecordedEvent[], to: LogPosition): Promise<Step> {
    const began = this.#of.timing.now();
    const isTrial = events.length === 1 && (this.#size.isOnTrial || events[0]!.id === this.#suspect);
    const trial = isTrial ? events[0] : undefined;
    const attempt: Attempt = { isTrial, handled: [], handlerMilliseconds: 0 };
    const deliver = (batch: LaneBatch<Scope>) => this.#deliver(batch, events, to, attempt);
    const outcome = await endingSpans(attempt, () => this.#of.storage.inBatch(this.lane, deliver, trial));
    if (outcome === BUSY) return this.#standBack();
    if (outcome === 'moved') return this.#lookAgain();
    if (outcome === 'suspected') return 'worked';
    this.#moveTo(to);
    this.#lookedAt = this.#of.timing.now();
    const milliseconds = this.#lookedAt - began;
    if (events.length > 0) this.#noteSuccess(events, outcome === 'crashed', milliseconds);
    const { handled, handlerMilliseconds } = attempt;
    if (handled.length > 0)
      this.#of.observer.handled?.({ lane: this.lane, events: handled, to, milliseconds, handlerMilliseconds });
    return 'worked';
  }

  #noteSuccess(events: readonly RecordedEvent[], hasCrashed: boolean, milliseconds: number): void {
    this.#suspect = events[0]!.id === this.#suspect ? undefined : this.#suspect;
    this.#size.succeeded(milliseconds);
    this.#failures.note(hasCrashed ? 1 : 0, hasCrashed ? 0 : events.length);
  }

  async #deliver(batch: LaneBatch<Scope>, events: readonly RecordedEvent[], to: LogPosition, attempt: Attempt) {
    if (!isSame(batch.at, this.#written) || batch.pausedBecause !== null) return 'moved';
    const suspect = events.find(({ position }) => position === batch.suspectAt);
    if (suspect && !attempt.isTrial) {
      this.#suspect = suspect.id;
      return 'suspected';
    }
    batch.advanceTo(to);
    if (batch.earlierStarts > 0) {
      this.#park(batch, events[0]!, 'the process ended while this event was being handled');
      return 'crashed';
    }
    const { subscriber, codec, timing, tracing } = this.#of;
    const { ready, decoded } = await sortOut(batch, events, codec);
    if (ready.length < events.length) this.#retries.lookNow();
    if (ready.length === 0) return 'handled';
    attempt.handled = ready;
    attempt.processing = tracing && new Processing(subscriber, decoded, tracing);
    const began = timing.now();
    await handleAll(subscriber, batch, decoded, { ...limitOf(this.lane, this.#of), processing: attempt.processing });
    attempt.handlerMilliseconds = timing.now() - began;
    return 'handled';
  }

  #park(batch: LaneBatch<Scope>, event: RecordedEvent, error: string): void {
    batch.park(event, { kind: 'failed', error, restMs: pauseAfter(1, this.#of.settings.retry, this.#of.timing) });
    this.#retries.lookNow();
    this.#of.observer.parked?.({ lane: this.lane, event, error });
  }

  async #recover(error: unknown, events: readonly RecordedEvent[]): Promise<Step> {
    if (error instanceof LogMoved) throw error;
    const fault = faultOf(error);
    if (fault === 'fenced') return this.#lookAgain();
    this.#of.observer.failed?.({ lane: this.lane, error, fault, events: events.length });
    if (fault === 'conflict') return { rest: CONFLICT_REST };
    if (fault === 'outage' || events.length === 0) return this.#restAfterOutage(events.length);
    if (events.length === 1) return this.#setAside(events[0]!, error);
    if (error instanceof HandlerFailed) this.#suspect = error.eventId;
    else this.#size.failed(events.length);
    return 'worked';
  }

  /** The culprit stands alone: it is parked, and the lane moves on, in one transaction that first looks where the lane is. */
  async #setAside(event: RecordedEvent, error: unknown): Promise<Step> {
    const to = positionOf(event);
    const why = describeError(error instanceof HandlerFailed ? error.cause : error);
    try {
      const outcome = await this.#of.storage.inBatch(this.lane, async (batch) => {
        if (!isSame(batch.at, this.#written)) return 'moved';
        this.#park(batch, event, why);
        batch.advanceTo(to);
        return 'parked';
      });
      if (outcome === BUSY) return this.#standBack();
      if (outcome === 'moved') return this.#lookAgain();
      this.#moveTo(to);
      this.#size.failed(1);
      this.#failures.note(1, 0);
      return await this.#pauseIfHopeless();
    } catch (again) {
      return this.#recover(again, []);
    }
  }

  async #pauseIfHopeless(): Promise<Step> {
    const { storage, settings, observer } = this.#of;
    const { parkedKeys } = await storage.standing(this.lane);
    const tooMany = parkedKeys > settings.mostParkedKeys && `more than ${settings.mostParkedKeys} keys are parked`;
    const why = tooMany || (this.#failures.isHopeless && 'half of the last 100 events failed');
    if (!why) return 'worked';
    const reason = `${why}: that is a bug, not a poison. Mend it, then: microlith events resume ${this.lane.subscriber}`;
    await storage.pause(this.lane, reason);
    this.#pausedBecause = reason;
    observer.paused?.({ lane: this.lane, reason });
    return 'worked';
  }

  async #lookWhetherResumed(): Promise<Step> {
    const now = this.#of.timing.now();
    if (now - this.#lookedAt < LOOK_WHETHER_RESUMED_EVERY) return 'idle';
    this.#lookedAt = now;
    this.#take(await this.#of.reenlist());
    if (this.#pausedBecause !== null) return 'idle';
    this.#failures.forget();
    this.#size.startOver();
    return 'worked';
  }

  /** A lane without events of its own still moves on now and then, so that it neither pins history nor rescans it. */
  async #keepUp(): Promise<Step> {
    const { keepUpEvery } = this.#of.settings;
    const positions = this.#seen.position - this.#written.position;
    const milliseconds = this.#of.timing.now() - this.#lookedAt;
    const isDue = positions >= keepUpEvery.positions || milliseconds >= keepUpEvery.milliseconds;
    if (!isDue) return 'worked';
    this.#lookedAt = this.#of.timing.now();
    if (!this.#turn.isOurs) return 'worked';
    this.#retries.lookNow();
    return positions > 0 ? this.#commit([], this.#seen) : 'worked';
  }

  #standBack(): Step {
    this.#turn.standBack();
    return { rest: BUSY_REST };
  }

  async #findPlace(): Promise<Step> {
    this.#mustLookAgain = false;
    this.#turn.standBack();
    this.#size.startOver();
    try {
      this.#take(await this.#of.reenlist());
    } catch (error) {
      this.#mustLookAgain = true;
      throw error;
    }
    return 'worked';
  }

  /** Looking where the lane stands may fail as well: it is a step of its own. */
  #lookAgain(): Step {
    this.#mustLookAgain = true;
    return 'worked';
  }

  /** A batch that took too long loses its connection, too: it comes back smaller. */
  #restAfterOutage(events: number): Step {
    this.#outages += 1;
    if (events > 1) this.#size.failed(events);
    return { rest: pauseAfter(this.#outages, this.#of.settings.outage, this.#of.timing) };
  }

  #take({ standing, ...lane }: EnlistedLane): void {
    this.#lane = lane;
    this.#heard = undefined;
    this.#behind = undefined;
    this.#moveTo(standing.at);
    this.#replayUntil = standing.replayUntil;
    this.#lookedAt = this.#of.timing.now();
    this.#pausedBecause = standing.pausedBecause;
    if (standing.parkedKeys > 0) this.#retries.lookNow();
  }

  #moveTo(at: LogPosition): void {
    this.#written = at;
    this.#seen = at;
  }
}

/** What one batch came to, besides its outcome. */
interface Attempt {
  /** Its only event is on record as begun. */
  readonly isTrial: boolean;
  handled: readonly RecordedEvent[];
  handlerMilliseconds: number;
  processing?: Processing | undefined;
}

/** What a batch processed is processed when it is committed. */
async function endingSpans<Result>(attempt: Attempt, run: () => Promise<Result>): Promise<Result> {
  try {
    const result = await run();
    attempt.processing?.end();
    return result;
  } catch (error) {
    attempt.processing?.end(error);
    throw error;
  }
}

const positionOf = (event: RecordedEvent): LogPosition => ({ position: event.position, eventId: event.id });

const isSame = (a: LogPosition, b: LogPosition) => a.position === b.position && a.eventId === b.eventId;
