import { pauseAfter, type BackOff } from './back-off.ts';
import { within } from './within.ts';
import { runAs } from './execution.ts';
import { describeError } from './failure.ts';
import { faultOf } from './fault.ts';
import type { Executor } from './request.ts';
import type { PendingRequest, RequestStorage, RequestTaker } from './request-storage.ts';
import { realTiming, type Timing } from './timing.ts';
import type { Tracing } from './tracing.ts';

/** A call to the outside took longer than it may. */
export class CallTimedOut extends Error {
  constructor(kind: string, milliseconds: number) {
    super(`${kind} was not answered within ${milliseconds} ms`);
    this.name = 'CallTimedOut';
  }
}

export interface ExecutionDesk<Scope> {
  readonly requests: RequestStorage<Scope>;
  readonly executors: readonly Executor<Scope>[];
  readonly reportError: (error: unknown) => void;
  readonly timing?: Timing;
  readonly retry?: BackOff;
  readonly tracing?: Tracing | undefined;
}

const DEFAULT_RETRY: BackOff = { first: 500, longest: 60_000 };
/** Requests taken per place at work: enough that no place idles, few enough that no lease runs out in the queue. */
const QUEUED_PER_PLACE = 4;
/** Whoever waits for the process to end does not wait for the database as well. */
const TRIES_WHEN_CLOSING = 5;
const RECORDING_RETRY: BackOff = { first: 20, longest: 1_000 };

/** Performs one context's requests: calls outside any transaction, many at once, and records each answer exactly once. */
export class RequestDesk<Scope> implements RequestTaker {
  readonly leaseMs: number;
  readonly #of: Required<Omit<ExecutionDesk<Scope>, 'tracing'>> & Pick<ExecutionDesk<Scope>, 'tracing'>;
  readonly #executors: ReadonlyMap<string, Executor<Scope>>;
  readonly #places: number;
  readonly #queue: PendingRequest[] = [];
  readonly #running = new Set<Promise<void>>();
  #isOpen = true;
  #areMore = false;

  constructor(desk: ExecutionDesk<Scope>) {
    this.#of = { timing: realTiming, retry: DEFAULT_RETRY, ...desk };
    this.#executors = new Map(desk.executors.map((executor) => [executor.kind, executor]));
    this.#places = Math.max(0, ...desk.executors.map(({ concurrency }) => concurrency));
    this.leaseMs = 2 * Math.max(0, ...desk.executors.map(({ timeout }) => timeout));
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
    const outcome = await this.#call(executor, request);
    if ('answer' in outcome) await this.#record(executor, request, outcome.answer);
    else if (request.attempt >= executor.attempts) await this.#giveUp(executor, request, outcome.error);
    else await this.#postpone(request, outcome.error);
  }

  async #call(executor: Executor<Scope>, request: PendingRequest): Promise<{ answer: unknown } | { error: string }> {
    const abort = new AbortController();
    const { tenantId, kind, id, payload } = request;
    const details = { tenantId, idempotencyKey: `${tenantId}:${kind}:${id}`, signal: abort.signal };
    const late = () => new CallTimedOut(kind, executor.timeout);
    const span = this.#of.tracing?.call(kind, request.execution.traceparent);
    try {
      const calling = runAs({ ...request.execution, source: kind }, () => executor.call(payload, details));
      const answer = await within(executor.timeout, calling, late, this.#of.timing);
      span?.end();
      return { answer };
    } catch (error) {
      abort.abort();
      span?.end(error);
      return { error: describeError(error) };
    }
  }

  async #record(executor: Executor<Scope>, request: PendingRequest, answer: unknown): Promise<void> {
    const { id, payload } = request;
    await this.#persist(request, () =>
      this.#of.requests.inAnswer(request, answer, (scope) => executor.record(scope, { id, payload, answer })),
    );
  }

  async #giveUp(executor: Executor<Scope>, request: PendingRequest, error: string): Promise<void> {
    const { id, payload } = request;
    await this.#persist(request, () =>
      this.#of.requests.inFailure(request, error, (scope) => executor.giveUp(scope, { id, payload, error })),
    );
  }

  async #postpone(request: PendingRequest, error: string): Promise<void> {
    const pause = pauseAfter(request.attempt, this.#of.retry, this.#of.timing);
    await this.#persist(request, () => this.#of.requests.postpone(request, error, pause));
  }

  /**
   * What cannot be recorded now, since the database is away, is recorded when it is back. Only what could not until the
   * lease is over is asked for again; the provider's key makes that safe.
   */
  async #persist(request: PendingRequest, write: () => Promise<unknown>): Promise<void> {
    const deadline = this.#of.timing.now() + this.leaseMs;
    for (let tries = 1; ; tries += 1) {
      try {
        await runAs({ ...request.execution, source: request.kind }, write);
        return;
      } catch (error) {
        const isInVain = this.#isOpen ? this.#of.timing.now() >= deadline : tries >= TRIES_WHEN_CLOSING;
        if (faultOf(error) === 'event' || isInVain) throw error;
        const pause = pauseAfter(tries, RECORDING_RETRY, this.#of.timing);
        await new Promise<void>((resume) => this.#of.timing.after(pause, resume));
      }
    }
  }
}
