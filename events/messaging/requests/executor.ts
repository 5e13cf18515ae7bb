import { pauseAfter, type BackOff } from '../lanes/back-off.ts';
import type { Observer } from '../watching/observer.ts';
import { callOutside } from './outside-call.ts';
import { Recorder } from './recording.ts';
import type { Executor } from './request.ts';
import type { CallEnd, PendingRequest, RequestStorage, RequestTaker } from './request-storage.ts';
import { realTiming, type Timing } from '../timing.ts';
import type { Tracing } from '../watching/tracing.ts';

export interface ExecutionDesk<Scope> {
  readonly requests: RequestStorage<Scope>;
  readonly executors: readonly Executor<Scope>[];
  readonly reportError: (error: unknown) => void;
  readonly observer?: Observer;
  readonly timing?: Timing;
  /** Rests between two calls of one request. */
  readonly retry?: BackOff;
  /** Rests between two recordings of one end. */
  readonly recordingRetry?: BackOff;
  readonly tracing?: Tracing | undefined;
}

const DEFAULT_RETRY: BackOff = { first: 500, longest: 60_000 };
const DEFAULT_RECORDING_RETRY: BackOff = { first: 1_000, longest: 300_000 };
/** Requests taken per place at work: enough that no place idles, few enough that no lease runs out in the queue. */
const QUEUED_PER_PLACE = 4;
const NEVER_ENDED =
  'it was begun as often as it may be, and never came to an end: the process ended, or lost its database';

/** Performs one context's requests: calls outside any transaction, many at once, and records each answer exactly once. */
export class RequestDesk<Scope> implements RequestTaker {
  readonly leaseMs: number;
  readonly #of: Required<Omit<ExecutionDesk<Scope>, 'tracing'>> & Pick<ExecutionDesk<Scope>, 'tracing'>;
  readonly #executors: ReadonlyMap<string, Executor<Scope>>;
  readonly #recorder: Recorder<Scope>;
  readonly #places: number;
  readonly #queue: PendingRequest[] = [];
  readonly #running = new Set<Promise<void>>();
  #isOpen = true;
  #areMore = false;

  constructor(desk: ExecutionDesk<Scope>) {
    this.#of = {
      timing: realTiming,
      retry: DEFAULT_RETRY,
      recordingRetry: DEFAULT_RECORDING_RETRY,
      observer: {},
      ...desk,
    };
    this.#executors = new Map(desk.executors.map((executor) => [executor.kind, executor]));
    this.#places = Math.max(0, ...desk.executors.map(({ concurrency }) => concurrency));
    this.leaseMs = 2 * Math.max(0, ...desk.executors.map(({ timeout }) => timeout));
    this.#recorder = new Recorder({ ...this.#of, leaseMs: this.leaseMs });
  }

  room(): number {
    return this.#isOpen ? this.#places * QUEUED_PER_PLACE - this.#queue.length - this.#running.size : 0;
  }

  take(leased: readonly PendingRequest[], areMore: boolean): void {
    this.#queue.push(...leased);
    this.#areMore ||= areMore;
    this.#fillPlaces();
  }

  /** Leases and performs what is due; resolves when it has begun. */
  async performDue(): Promise<void> {
    const room = this.room();
    if (room <= 0) return;
    const leased = await this.#of.requests.lease([...this.#executors.keys()], room, this.leaseMs);
    this.#areMore = leased.length === room;
    this.take(leased, false);
  }

  /** Resolves when nothing is under way; false when nothing was. */
  async settle(): Promise<boolean> {
    const hadWork = this.#running.size > 0;
    while (this.#running.size > 0) await Promise.all(this.#running);
    return hadWork;
  }

  /** Takes nothing new, finishes what is under way. What is queued keeps its lease until it runs out. */
  async close(): Promise<void> {
    this.#isOpen = false;
    this.#recorder.close();
    this.#queue.length = 0;
    await this.settle();
  }

  #fillPlaces(): void {
    while (this.#running.size < this.#places && this.#queue.length > 0) {
      const running: Promise<void> = this.#perform(this.#queue.shift()!)
        .catch(this.#of.reportError)
        .finally(() => this.#leavePlace(running));
      this.#running.add(running);
    }
  }

  #leavePlace(done: Promise<void>): void {
    this.#running.delete(done);
    this.#fillPlaces();
    if (this.#areMore && this.#queue.length === 0) this.performDue().catch(this.#of.reportError);
  }

  async #perform(request: PendingRequest): Promise<void> {
    const executor = this.#executors.get(request.kind)!;
    const end = request.kept?.end ?? (await this.#call(executor, request));
    if ('answer' in end || request.kept || request.attempt >= executor.attempts)
      return this.#recorder.record(executor, request, end);
    const pause = pauseAfter(request.attempt, this.#of.retry, this.#of.timing);
    await this.#recorder.postpone(request, end.error, pause);
  }

  async #call(executor: Executor<Scope>, request: PendingRequest): Promise<CallEnd> {
    // A call is counted before it is made: one more than there are means that nobody lived to see the last one end.
    if (request.attempt > executor.attempts) return { error: NEVER_ENDED };
    const { timing, observer } = this.#of;
    const began = timing.now();
    const end = await callOutside(executor, request, this.#of);
    const outcome = 'answer' in end ? 'answered' : 'failed';
    observer.called?.({ kind: request.kind, id: request.id, outcome, milliseconds: timing.now() - began });
    return end;
  }
}
