import { pauseAfter, type BackOff } from '../lanes/back-off.ts';
import type { Observer } from '../watching/observer.ts';
import { callOutside } from './outside-call.ts';
import { Places } from './places.ts';
import { Recorder } from './recording.ts';
import type { Executor } from './request.ts';
import type { CallEnd, LeasedRequest, PendingRequest, RequestStorage, RequestTaker } from './request-storage.ts';
import { realTiming, type Timing } from '../timing.ts';
import type { Tracing } from '../watching/tracing.ts';
import { unfailing } from '../watching/unfailing.ts';

export interface PerformerDependencies<Scope> {
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
/** Timeouts that are left of its lease when a request is begun: the call may take one, recording how it ended the other. */
const LEFT_TO_BEGIN = 2;
const NEVER_ENDED =
  'it was begun as often as it may be, and never came to an end: the process ended, or lost its database';

/**
 * Performs one context's requests: calls outside any transaction, of each kind as many at once as its executor allows, and records
 * each answer exactly once.
 */
export class RequestPerformer<Scope> implements RequestTaker {
  readonly leaseMs: number;
  readonly #of: Required<Omit<PerformerDependencies<Scope>, 'tracing'>> & Pick<PerformerDependencies<Scope>, 'tracing'>;
  readonly #places: ReadonlyMap<string, Places>;
  readonly #recorder: Recorder<Scope>;
  /** What is under way beside the calls. */
  readonly #errands = new Set<Promise<void>>();
  #isOpen = true;

  constructor(dependencies: PerformerDependencies<Scope>) {
    this.#of = {
      timing: realTiming,
      retry: DEFAULT_RETRY,
      recordingRetry: DEFAULT_RECORDING_RETRY,
      ...dependencies,
      observer: unfailing(dependencies.observer ?? {}),
    };
    const { executors } = dependencies;
    this.#places = new Map(
      executors.map((executor) => [
        executor.kind,
        new Places(executor.concurrency, {
          perform: (request) => this.#perform(executor, request).catch(this.#of.reportError),
          onFree: () => this.#run(this.#performDueOf([executor.kind])),
        }),
      ]),
    );
    // So long an outage can be outlasted with an answer in hand, and so long a lease rests that its process never heard of.
    this.leaseMs = (2 + LEFT_TO_BEGIN) * Math.max(0, ...executors.map(({ timeout }) => timeout));
    this.#recorder = new Recorder(this.#of);
  }

  room(kind: string): number {
    return this.#isOpen ? (this.#places.get(kind)?.room ?? 0) : 0;
  }

  take(leased: readonly PendingRequest[], kindsOfOthers: readonly string[] = []): void {
    this.#noteMore(kindsOfOthers);
    // The lease began with the commit, a little earlier: that is much less than what is left of it when a request is begun.
    this.#accept(leased, this.#of.timing.now() + this.leaseMs);
  }

  /** Leases and performs what is due; resolves when it has begun. */
  async performDue(): Promise<void> {
    await this.#performDueOf([...this.#places.keys()]);
  }

  /** Resolves when nothing is under way; false when nothing was. */
  async settle(): Promise<boolean> {
    const hadWork = this.#underWay().length > 0;
    for (let under = this.#underWay(); under.length > 0; under = this.#underWay()) await Promise.all(under);
    return hadWork;
  }

  /** Begins nothing new, finishes what is under way. What waits for a place is given back: it is due at once, for whoever is there. */
  async close(): Promise<void> {
    this.#isOpen = false;
    this.#recorder.close();
    this.#giveBack([...this.#places.values()].flatMap((places) => places.dismiss()));
    await this.settle();
  }

  async #performDueOf(kinds: readonly string[]): Promise<void> {
    const room = new Map(kinds.map((kind) => [kind, this.room(kind)] as const).filter(([, free]) => free > 0));
    if (room.size === 0) return;
    for (const kind of room.keys()) this.#places.get(kind)!.areMore = false;
    const until = this.#of.timing.now() + this.leaseMs;
    const leased = await this.#of.requests.lease(room, this.leaseMs).catch((error: unknown) => {
      this.#noteMore([...room.keys()]);
      throw error;
    });
    const counts = Map.groupBy(leased, ({ kind }) => kind);
    this.#noteMore([...room.keys()].filter((kind) => counts.get(kind)?.length === room.get(kind)));
    this.#accept(leased, until);
  }

  #noteMore(kinds: readonly string[]): void {
    for (const kind of kinds) {
      const places = this.#places.get(kind);
      if (places) places.areMore = true;
    }
  }

  #accept(leased: readonly PendingRequest[], leasedUntil: number): void {
    if (!this.#isOpen) return this.#giveBack(leased);
    for (const [kind, requests] of Map.groupBy(leased, (request) => request.kind))
      this.#places.get(kind)!.add(requests.map((request) => ({ ...request, leasedUntil })));
  }

  #giveBack(requests: readonly PendingRequest[]): void {
    if (requests.length > 0) this.#run(this.#of.requests.giveBack(requests));
  }

  #run(errand: Promise<void>): void {
    const running: Promise<void> = errand.catch(this.#of.reportError).finally(() => void this.#errands.delete(running));
    this.#errands.add(running);
  }

  #underWay(): readonly Promise<void>[] {
    return [...this.#errands, ...[...this.#places.values()].flatMap(({ running }) => running)];
  }

  async #perform(executor: Executor<Scope>, request: LeasedRequest): Promise<void> {
    if (!this.#isTooLate(executor, request)) return this.#callAndRecord(executor, request);
    this.#noteMore([executor.kind]);
    await this.#of.requests.giveBack([request]);
  }

  /** It waited for a place for so long that others may begin it before its end is recorded here. */
  #isTooLate({ timeout }: Executor<Scope>, { leasedUntil }: LeasedRequest): boolean {
    return this.#of.timing.now() + LEFT_TO_BEGIN * timeout > leasedUntil;
  }

  async #callAndRecord(executor: Executor<Scope>, request: LeasedRequest): Promise<void> {
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
