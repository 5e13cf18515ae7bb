import { type BackOff, pauseAfter } from '../lanes/back-off.ts';
import { runAs } from '../units/execution.ts';
import { describeError, HandlerTimedOut } from '../lanes/failure.ts';
import { faultOf } from '../lanes/fault.ts';
import type { Observer } from '../watching/observer.ts';
import type { Executor } from './request.ts';
import type { CallEnd, LeasedRequest, PendingRequest, RequestStorage, Setback } from './request-storage.ts';
import type { Timing } from '../timing.ts';
import { LONGEST_WORK } from '../units/silence.ts';
import { within } from '../within.ts';

/** How a call ended could not be recorded; it is tried again. */
export class RecordingFailed extends Error {
  constructor({ kind, id }: Pick<PendingRequest, 'kind' | 'id'>, cause: unknown) {
    super(`how ${kind} ${id} ended could not be recorded`, { cause });
    this.name = 'RecordingFailed';
  }
}

export interface RecordingDependencies<Scope> {
  readonly requests: Pick<RequestStorage<Scope>, 'inAnswer' | 'inFailure' | 'postpone' | 'keep' | 'setBack'>;
  readonly observer: Observer;
  readonly reportError: (error: unknown) => void;
  readonly timing: Timing;
  readonly recordingRetry: BackOff;
}

/** Recordings of one end before the request is dead: with the growing rests between them, about a quarter of an hour. */
const MOST_RECORDINGS = 12;
/** Whoever waits for the process to end does not wait for the database as well. */
const TRIES_WHEN_CLOSING = 5;
const OUTAGE: BackOff = { first: 20, longest: 1_000 };
const PROCESS_ENDED = 'the process ended, or lost its database, while it was being recorded';

/**
 * Records what became of requests. An end that cannot be recorded is kept and tried again without another call, ever more seldom;
 * after so many times the request is dead, and waits for a person.
 */
export class Recorder<Scope> {
  readonly #of: RecordingDependencies<Scope>;
  #isClosing = false;

  constructor(dependencies: RecordingDependencies<Scope>) {
    this.#of = dependencies;
  }

  /** From now on nobody waits long for a database that is away. */
  close(): void {
    this.#isClosing = true;
  }

  async postpone(request: LeasedRequest, error: string, pauseMs: number): Promise<void> {
    await this.#persist(request, () => this.#of.requests.postpone(request, error, pauseMs));
  }

  async record(executor: Executor<Scope>, request: LeasedRequest, end: CallEnd): Promise<void> {
    const { recording = 1 } = request.kept ?? {};
    // A recording is counted before it is begun: one more than there are means that nobody lived to see the last one end.
    if (recording > MOST_RECORDINGS) return this.#setBack(request, end, PROCESS_ENDED);
    try {
      const isCalledAgain = request.attempt > 1 && !request.kept;
      if (isCalledAgain) await this.#persist(request, () => this.#of.requests.keep(request, end));
      const isOurs = await this.#persist(request, () => this.#write(executor, request, end));
      if (isOurs) this.#tell(request, 'answer' in end ? 'answered' : 'given-up');
    } catch (error) {
      this.#of.reportError(new RecordingFailed(request, error));
      await this.#setBack(request, end, describeError(error));
    }
  }

  #write(executor: Executor<Scope>, request: PendingRequest, end: CallEnd): Promise<boolean> {
    const { requests } = this.#of;
    const { id, payload } = request;
    return 'answer' in end
      ? requests.inAnswer(request, end.answer, (scope) =>
          this.#inTime(request, executor.record(scope, { id, payload, ...end })),
        )
      : requests.inFailure(request, end.error, (scope) =>
          this.#inTime(request, executor.giveUp(scope, { id, payload, ...end })),
        );
  }

  #inTime({ kind }: PendingRequest, recording: Promise<void>): Promise<void> {
    return within(LONGEST_WORK, recording, () => new HandlerTimedOut(kind, LONGEST_WORK), this.#of.timing);
  }

  async #setBack(request: PendingRequest, end: CallEnd, error: string): Promise<void> {
    const { recording = 1 } = request.kept ?? {};
    const isDead = recording >= MOST_RECORDINGS;
    const restMs = isDead ? null : pauseAfter(recording, this.#of.recordingRetry, this.#of.timing);
    const setback: Setback = { error, restMs };
    await runAs(request.execution, () => this.#of.requests.setBack(request, end, setback));
    this.#tell(request, isDead ? 'dead' : 'failed');
  }

  #tell({ kind, id }: PendingRequest, outcome: 'answered' | 'given-up' | 'failed' | 'dead'): void {
    this.#of.observer.recorded?.({ kind, id, outcome });
  }

  /** What cannot be written now, since the database is away or others were faster, is written when it can be, within the lease. */
  async #persist<Result>(request: LeasedRequest, write: () => Promise<Result>): Promise<Result> {
    const { timing } = this.#of;
    for (let tries = 1; ; tries += 1) {
      try {
        return await runAs({ ...request.execution, source: request.kind }, write);
      } catch (error) {
        const rest = pauseAfter(tries, OUTAGE, timing);
        const isInVain = this.#isClosing ? tries >= TRIES_WHEN_CLOSING : timing.now() + rest >= request.leasedUntil;
        if (faultOf(error) === 'event' || isInVain) throw error;
        await new Promise<void>((resume) => timing.after(rest, resume));
      }
    }
  }
}
