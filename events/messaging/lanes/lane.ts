import type { Bell } from '../bell.ts';
import { faultOf } from './fault.ts';
import type { PassOver, Slice } from '../log/feed.ts';
import { type BatchDependencies, type BatchPlan, deliverBatch, type Delivered, isDelivered } from './lane-batch.ts';
import { LanePause } from './lane-pause.ts';
import { LanePlace } from './lane-place.ts';
import { LaneReader, type LaneReaderDependencies } from './lane-reader.ts';
import { BUSY, type EnlistedLane, type Lane } from './lane-storage.ts';
import { LogMoved, type LogPosition, moved, positionOf, type RecordedEvent } from '../log/log.ts';
import { NextBatch } from './next-batch.ts';
import { ParkedRetries } from '../parking/parked-retries.ts';
import type { ParkedStorage } from '../parking/parked-storage.ts';
import { setAside } from '../parking/parking.ts';
import { type Remedy, Setbacks } from './setbacks.ts';
import type { Subscriber } from './subscriber.ts';
import { Turn } from './turn.ts';

/** What a step came to: go on at once, wait for events, or rest so many milliseconds first. */
export type Step = 'worked' | 'idle' | { readonly rest: number };

export interface LaneDependencies<Scope> extends BatchDependencies<Scope>, LaneReaderDependencies {
  readonly context: string;
  readonly subscriber: Subscriber<Scope>;
  readonly lane: EnlistedLane;
  /** The subscriber's lane as it is now: an operator may have put another in its place. */
  readonly reenlist: () => Promise<EnlistedLane>;
  readonly parked: ParkedStorage<Scope>;
  /** Whether this process is the one that should work the lane now. */
  readonly isMine: (lane: Lane) => boolean;
}

const BUSY_REST = 50;
const LOOK_WHETHER_RESUMED_EVERY = 1_000;
/** Moves the lane without handling anything. */
const NOTHING = { events: [], server: undefined, isTrial: false, isLight: true };

/** Works one durable subscriber: takes batches in the log's order, commits each with its position, sets failures aside. */
export class LaneWorker<Scope> {
  readonly #of: LaneDependencies<Scope>;
  readonly #nextBatch: NextBatch;
  readonly #turn: Turn;
  readonly #pause: LanePause<Scope>;
  readonly #retries: ParkedRetries<Scope>;
  readonly #setbacks: Setbacks;
  readonly #place = new LanePlace();
  readonly #reader: LaneReader;
  #lane: Lane;
  /** Milliseconds until it keeps up; each lane has its own, so that not all do at once. */
  readonly #patience: number;
  /** When the lane was last moved on, or looked at whether it had to be. */
  #keptUpAt = 0;
  /** When it was last asked whether a paused lane goes on. */
  #askedAt = 0;
  #mustLookAgain = false;
  /** The lane's place is not in the log any more: a person has to say where it goes on. */
  #lost: LogMoved | undefined;
  #isIdle = false;

  constructor(dependencies: LaneDependencies<Scope>) {
    const { subscriber, settings, lane, timing } = dependencies;
    this.#of = dependencies;
    this.#lane = lane;
    this.#patience = settings.keepUpEvery.milliseconds * (1 - timing.random() / 2);
    this.#nextBatch = new NextBatch(subscriber, settings);
    this.#turn = new Turn(() => this.#lane, { ...dependencies, stepInAfter: settings.stepInAfter });
    this.#retries = new ParkedRetries(() => this.#lane, dependencies);
    this.#reader = new LaneReader(dependencies);
    this.#pause = new LanePause(dependencies);
    this.#setbacks = new Setbacks(dependencies);
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
    return this.#place.furthest;
  }

  /** Whether this worker is to handle events of a type, as far as it knows. */
  wants(type: string): boolean {
    return this.#turn.isOurs && this.#of.subscriber.types.includes(type);
  }

  /** Whether that is left to a worker of another process, as far as it is known here. */
  leavesToOthers(type: string): boolean {
    return !this.#turn.isOurs && this.#of.subscriber.types.includes(type);
  }

  /** Milliseconds until a parked event wants to be tried by this worker, as far as it knows. */
  get nextRetryIn(): number | undefined {
    return this.#mayRetry ? this.#retries.dueIn() : undefined;
  }

  /** Another process was seen to have brought the lane this far. A step under way goes by what it knew when it began. */
  heardOf(at: LogPosition): void {
    this.#place.hear(at);
  }

  /** Somebody may have changed by hand where the lane stands, or what is parked on it. */
  reconsider(): void {
    this.#mustLookAgain = true;
    this.bell.ring();
  }

  /** Does the next piece of work, if there is any. Never rejects. */
  async step(): Promise<Step> {
    this.#isIdle = false;
    try {
      const step = await this.#next();
      this.#isIdle = step === 'idle';
      if (this.#isIdle) this.#setbacks.end();
      return step;
    } catch (error) {
      return this.#recover(error, []);
    }
  }

  async #next(): Promise<Step> {
    if (this.#retries.areOwed) await this.#retries.payBack();
    if (this.#mustLookAgain) return this.#findPlace();
    if (this.#lost) await this.#stop(this.#lost);
    if (this.#pause.isInDoubt) await this.#pause.beginIfHopeless(this.lane);
    if (this.#pause.isOn) return this.#lookWhetherResumed();
    if (this.#place.heed()) this.#turn.standBack();
    this.#takeOver();
    const retry = this.#mayRetry ? await this.#retries.tryNext() : 'none';
    if (retry === 'failed') this.#pause.noteFailedRetry();
    const step = await this.#workSlice();
    return retry === 'none' ? step : 'worked';
  }

  async #workSlice(): Promise<Step> {
    if (this.#reader.hasMoreAfter(this.#place.seen) && !this.#turn.mayWork()) return this.#leave();
    const slice = await this.#reader.after(this.#place.seen);
    if (slice && slice.events.length > 0) {
      // What was there before its events were noted is known only now.
      if (!this.#turn.mayWork()) return this.#leave();
      this.#takeOver();
      return this.#attempt(slice);
    }
    if (slice) this.#place.see(slice.to);
    const step = await this.#keepUp();
    if (slice || step) return step ?? 'worked';
    this.#turn.standBack();
    return 'idle';
  }

  /** Another process has the lane. */
  #leave(): Step {
    this.#reader.leave();
    return { rest: this.#of.settings.stepInAfter / 3 };
  }

  /** Whoever had the lane may have been ended by an event of it. */
  #takeOver(): void {
    if (!this.#turn.hasCome()) return;
    this.#place.breakStride();
    this.#retries.lookNow();
    this.#nextBatch.startOver();
  }

  /** Parked events are tried by whoever has the lane; when they are left for too long, by whoever knows of them. */
  get #mayRetry(): boolean {
    if (this.#pause.isOn) return false;
    return this.#turn.isOurs || this.#retries.overdueBy() >= this.#of.settings.stepInAfter;
  }

  /** Waiting at the beginning of a page that holds nothing for it, the lane is at its end without being woken. */
  #passOver(page: Parameters<PassOver>[0]): boolean {
    const mayPass = this.#isIdle && !this.#mustLookAgain && !this.#pause.isOn;
    return mayPass && this.#place.passOver(page);
  }

  async #attempt(slice: Slice): Promise<Step> {
    const batch = this.#nextBatch.of(slice);
    try {
      return await this.#commit(batch);
    } catch (error) {
      return this.#recover(error, batch.events);
    }
  }

  async #commit({ events, to, ...batch }: Omit<BatchPlan, 'from'>): Promise<Step> {
    const began = this.#of.timing.now();
    const plan = { ...batch, events, from: this.#place.written, to, stride: this.#place.stride };
    const delivered = await deliverBatch(this.#of, this.lane, plan);
    if (delivered === BUSY) return this.#standBack();
    if (delivered === 'moved') return this.#lookAgain();
    if (!isDelivered(delivered)) {
      this.#nextBatch.suspect(delivered.suspect);
      return 'worked';
    }
    this.#place.moveTo(to, delivered.clearOn);
    this.#setbacks.end();
    this.#keptUpAt = this.#of.timing.now();
    if (events.length > 0) this.#noteSuccess(events, delivered, { to, milliseconds: this.#keptUpAt - began });
    return 'worked';
  }

  #noteSuccess(
    events: readonly RecordedEvent[],
    { handled, handlerMilliseconds, hasParked, hasCrashed, recorded }: Delivered,
    batch: { readonly to: LogPosition; readonly milliseconds: number },
  ): void {
    this.#nextBatch.succeeded(events, batch.milliseconds);
    if (hasCrashed) this.#pause.noteFailure();
    else this.#pause.noteSuccess(handled.length);
    if (hasParked) this.#retries.lookNow();
    if (handled.length === 0) return;
    const recordedAt = recorded.at;
    this.#of.observer.handled?.({ lane: this.lane, events: handled, handlerMilliseconds, recordedAt, ...batch });
  }

  async #recover(error: unknown, events: readonly RecordedEvent[]): Promise<Step> {
    this.#place.breakStride();
    if (error instanceof LogMoved) return this.#lookAgain();
    const found = faultOf(error);
    if (found === 'fenced') return this.#lookAgain();
    const fault = found === 'event' && events.length === 0 ? 'outage' : found;
    const { setAside: culprit, takeFewer, rest } = this.#setbacks.note({ error, fault, events });
    const { inARow } = this.#setbacks;
    this.#of.observer.failed?.({ lane: this.lane, error, fault, events: events.length, inARow });
    if (culprit) return this.#setAside(culprit);
    if (takeFewer) this.#nextBatch.failed(events.length, fault === 'event' ? error : undefined);
    return rest === 0 ? 'worked' : { rest };
  }

  /** The culprit stands alone: it is parked, and the lane moves on. */
  async #setAside(culprit: Required<Remedy>['setAside']): Promise<Step> {
    try {
      const outcome = await setAside(this.#of, this.lane, { ...culprit, from: this.#place.written });
      if (outcome === BUSY) return this.#standBack();
      if (outcome === 'moved') return this.#lookAgain();
      this.#place.moveTo(positionOf(culprit.event));
      this.#setbacks.end();
      this.#retries.lookNow();
      this.#nextBatch.failed(1);
      this.#pause.noteFailure();
      return 'worked';
    } catch (again) {
      return this.#recover(again, []);
    }
  }

  /** Who resumed it may not know that its place is gone: it goes on from where it stands now only if that is in the log. */
  async #lookWhetherResumed(): Promise<Step> {
    this.#reader.leave();
    const now = this.#of.timing.now();
    if (now - this.#askedAt < LOOK_WHETHER_RESUMED_EVERY) return 'idle';
    this.#askedAt = now;
    this.#take(await this.#of.reenlist());
    return this.#pause.isOn ? 'idle' : this.#lookAgain();
  }

  /**
   * A lane without events of its own still moves on now and then, so that it neither pins history nor rescans it. Nothing where
   * that went well, or need not be.
   */
  async #keepUp(): Promise<Step | undefined> {
    const positions = this.#place.unwritten;
    const milliseconds = this.#of.timing.now() - this.#keptUpAt;
    const isDue = positions >= this.#of.settings.keepUpEvery.positions || milliseconds >= this.#patience;
    if (!isDue) return undefined;
    this.#keptUpAt = this.#of.timing.now();
    if (!this.#turn.isOurs) return undefined;
    this.#retries.lookNow();
    if (positions === 0) return undefined;
    const step = await this.#commit({ ...NOTHING, to: this.#place.seen });
    return step === 'worked' ? undefined : step;
  }

  #standBack(): Step {
    this.#turn.standBack();
    return { rest: BUSY_REST };
  }

  async #findPlace(): Promise<Step> {
    this.#mustLookAgain = false;
    this.#turn.standBack();
    this.#nextBatch.startOver();
    try {
      const found = await this.#of.reenlist();
      this.#lost = (await this.#isLost(found)) ? moved(this.#place.written) : undefined;
      this.#take(found);
    } catch (error) {
      this.#mustLookAgain = true;
      throw error;
    }
    return 'worked';
  }

  /** What this worker knew to be handled is not in the log any more, whatever the ledger says of it now. */
  async #isLost({ id, standing }: EnlistedLane): Promise<boolean> {
    const { written } = this.#place;
    const hasMovedOn = id !== this.lane.id || standing.at.position > written.position;
    return !hasMovedOn && !(await this.#reader.canReadOnFrom(written));
  }

  async #stop(why: LogMoved): Promise<void> {
    await this.#pause.begin(this.lane, why.message);
    this.#lost = undefined;
  }

  /** Looking where the lane stands may fail as well: it is a step of its own. */
  #lookAgain(): Step {
    this.#mustLookAgain = true;
    return 'worked';
  }

  #take({ standing, ...lane }: EnlistedLane): void {
    this.#lane = lane;
    this.#place.startAt(standing.at);
    this.#reader.forget();
    this.#nextBatch.replayUntil(standing.replayUntil);
    this.#keptUpAt = this.#of.timing.now();
    this.#askedAt = this.#keptUpAt;
    this.#pause.learn(standing.pausedBecause);
    if (standing.parkedKeys > 0) this.#retries.lookNow();
  }
}
