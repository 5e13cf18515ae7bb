import { Bell } from '../bell.ts';
import type { Bus } from '../log/bus.ts';
import type { EventCodec } from '../facts/codec.ts';
import type { ReadBehind } from '../lanes/lane-reader.ts';
import { DEFAULT_LANE_SETTINGS, type LaneSettings } from '../lanes/lane-settings.ts';
import type { EnlistedLane, Lane, StartOf } from '../lanes/lane-storage.ts';
import { BEGINNING, isSame, isThere, LogMoved, type LogPosition, type LogSource } from '../log/log.ts';
import { LogPump } from '../log/log-pump.ts';
import type { Observer } from '../watching/observer.ts';
import type { Station, Worker, WorkerSupplies } from './station.ts';
import type { Timing } from '../timing.ts';
import type { Tracing } from '../watching/tracing.ts';

export interface SessionDependencies {
  readonly source: LogSource;
  readonly readBehind: ReadBehind;
  readonly bus: Bus;
  readonly codec: EventCodec;
  readonly stations: readonly Station[];
  readonly timing: Timing;
  readonly settings: Partial<LaneSettings>;
  readonly observer: Observer;
  readonly tracing?: Tracing | undefined;
  /** Whether this process is the one to work a lane now; several processes share the lanes by it. */
  readonly isMine: (lane: Lane) => boolean;
}

/** The longest that a lane waits to be woken, milliseconds. */
const POLL = 1_000;
const FAILED_REST = 250;

/**
 * One log, read for all, and a worker on every lane. When the log has moved it is read from where a lane still has its place;
 * lanes that have lost theirs pause.
 */
export class Session {
  readonly #of: SessionDependencies;
  readonly #rest: Bell;
  readonly #pump: LogPump;
  #workers: readonly Worker[] = [];
  #isOpen = false;
  /** What was last told of a log that moved. */
  #told = '';

  constructor(dependencies: SessionDependencies) {
    const { source, bus, timing } = dependencies;
    this.#of = dependencies;
    this.#rest = new Bell(timing);
    const onNewServer = () => this.reconsider();
    const restAfter = (error: unknown) => this.#restAfter(error);
    this.#pump = new LogPump({ source, bus, timing, onNewServer, restAfter });
  }

  /** Nobody before the log was opened. */
  get workers(): readonly Worker[] {
    return this.#workers;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Through where the log is known to be settled. */
  get frontier(): LogPosition {
    return this.#pump.frontier;
  }

  /** Something was appended, of these types where they are known: looks now, if it concerns anybody here, or at the next poll. */
  wake(types?: readonly string[]): void {
    if (!types || types.some((type) => this.#concerns(type))) this.#pump.wake();
  }

  /** Whether another process may wait for a type: any may, before it is known here who works which lane. */
  concernsOthers(type: string): boolean {
    return !this.#isOpen || this.#workers.some((worker) => worker.leavesToOthers(type));
  }

  /** Positions are drawn up to here: looks, where that is beyond what is settled. */
  lookAsFarAs(position: number): void {
    if (position > this.frontier.position) this.#pump.wake();
  }

  /** Every lane looks again where it stands and what is parked. */
  reconsider(): void {
    for (const worker of this.#workers) worker.reconsider();
  }

  /** Delivers until the signal is aborted; batches in flight are finished first. */
  async run(until: AbortSignal): Promise<void> {
    until.addEventListener('abort', () => this.#retire(), { once: true });
    if (!(await this.#openAtLast(until))) return;
    await Promise.all([this.#pump.run(until), ...this.#workers.map((worker) => this.#work(worker, until))]);
  }

  /** Delivers everything that is there, then returns; parked events that are not yet due stay. @throws {LogMoved} on a standby */
  async runOnce(): Promise<void> {
    await this.#open();
    for (;;) {
      const hasRead = await this.#readPage();
      const hasWorked = await this.#workAllOnce();
      if (!hasRead && !hasWorked && !this.#pump.isHeldBack) return;
    }
  }

  async #openAtLast(until: AbortSignal): Promise<boolean> {
    while (!until.aborted) {
      try {
        await this.#open();
        return true;
      } catch (error) {
        // Where it is to end, what kept it from opening is nobody's concern any more.
        if (!until.aborted) await this.#restAfter(error);
      }
    }
    return false;
  }

  /** Finds where every lane stands and begins reading where the foremost one is; those behind read the log themselves. */
  async #open(): Promise<void> {
    if (this.#isOpen) return;
    const { stations } = this.#of;
    const enlisted = await this.#findPlaces();
    this.#workers = stations.flatMap((station, at) => station.hire(enlisted[at]!, this.#supplies()));
    for (const worker of this.#workers) if (this.#isAstray(worker)) worker.reconsider();
    this.#isOpen = true;
  }

  /** Its place is at or past the frontier, but not the same row: no event would wake it. */
  #isAstray({ at }: Worker): boolean {
    return at.position >= this.frontier.position && !isSame(at, this.frontier);
  }

  /** Every lane finds out by itself whether its place is still there. */
  async #findPlacesAgain(): Promise<void> {
    await this.#findPlaces();
    this.reconsider();
  }

  async #findPlaces(): Promise<readonly (readonly EnlistedLane[])[]> {
    const { source, stations } = this.#of;
    // Known before it says where the lanes stand: when another server answers, they are asked again.
    await source.floor();
    const { server } = source;
    const enlisted = await Promise.all(stations.map((station) => station.enlist(this.#startOf)));
    this.#pump.startAt(await this.#foremost(enlisted.flat()), server);
    return enlisted;
  }

  /** Of the lanes whose place is in the log; its end, where that is none. */
  async #foremost(lanes: readonly EnlistedLane[]): Promise<LogPosition> {
    const places = lanes.map(({ standing }) => standing.at).toSorted((a, b) => b.position - a.position);
    for (const place of places) if (await isThere(this.#of.source, place)) return place;
    return lanes.length === 0 ? BEGINNING : this.#pump.findEnd();
  }

  async #readPage(): Promise<boolean> {
    try {
      return await this.#pump.readPage();
    } catch (error) {
      if (!(error instanceof LogMoved)) throw error;
      this.#tell(error);
      await this.#findPlacesAgain();
      return true;
    }
  }

  readonly #startOf: StartOf = async ({ startAt }) => {
    const { source } = this.#of;
    if (startAt === 'beginning') return { position: await source.floor(), eventId: null };
    const end = await this.#pump.findEnd();
    return startAt === 'now' || startAt.position > end.position ? end : source.lastBefore(startAt.position);
  };

  #supplies(): WorkerSupplies {
    const { readBehind, codec, timing, observer, tracing, isMine } = this.#of;
    const { feed } = this.#pump;
    return {
      readBehind,
      codec,
      timing,
      observer,
      tracing,
      isMine,
      settings: { ...DEFAULT_LANE_SETTINGS, ...this.#of.settings },
      frontier: () => feed.frontier,
      startOf: this.#startOf,
      tapOf: (types) => feed.tap(types),
    };
  }

  #concerns(type: string): boolean {
    return this.#pump.feed.isHeardLive(type) || this.#workers.some((worker) => worker.wants(type));
  }

  async #work(worker: Worker, until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      const step = await worker.step();
      if (step === 'idle') await worker.bell.wait(Math.min(POLL, worker.nextRetryIn ?? POLL));
      else if (step !== 'worked') await this.#rest.wait(step.rest);
    }
  }

  async #workAllOnce(): Promise<boolean> {
    let hasWorked = false;
    for (const worker of this.#workers) {
      for (let step = await worker.step(); step !== 'idle'; step = await worker.step()) {
        hasWorked ||= step === 'worked';
        if (step !== 'worked') await this.#rest.wait(step.rest);
      }
    }
    return hasWorked;
  }

  #retire(): void {
    this.#pump.retire();
    for (const bell of [this.#rest, ...this.#workers.map((worker) => worker.bell)]) bell.retire();
  }

  async #restAfter(error: unknown): Promise<void> {
    this.#tell(error);
    await this.#rest.wait(FAILED_REST);
    if (!(error instanceof LogMoved) || !this.#isOpen) return;
    try {
      await this.#findPlacesAgain();
    } catch (again) {
      this.#tell(again);
    }
  }

  /** Once, of a log that moved, however often that is found. */
  #tell(error: unknown): void {
    const { observer } = this.#of;
    if (!(error instanceof LogMoved)) return observer.disturbed?.({ error });
    if (this.#told !== error.message) observer.logMoved?.({ error });
    this.#told = error.message;
  }
}
