import { Bell } from './bell.ts';
import type { Bus } from './bus.ts';
import type { EventCodec } from './codec.ts';
import { Feed } from './feed.ts';
import type { ReadBehind } from './lane-reader.ts';
import { DEFAULT_LANE_SETTINGS, type LaneSettings } from './lane-settings.ts';
import type { EnlistedLane, Lane, StartOf } from './lane-storage.ts';
import { BEGINNING, LogMoved, type LogPosition, type LogSource, type ServerRun } from './log.ts';
import type { Observer } from './observer.ts';
import { SettledReader } from './settled-reader.ts';
import type { Station, Worker, WorkerSupplies } from './station.ts';
import { realTiming, type Timing } from './timing.ts';
import type { Tracing } from './tracing.ts';

export interface RelayDependencies {
  readonly source: LogSource;
  readonly readBehind: ReadBehind;
  readonly bus: Bus;
  readonly codec: EventCodec;
  readonly stations: readonly Station[];
  readonly timing?: Timing;
  readonly settings?: Partial<LaneSettings>;
  readonly observer?: Observer;
  readonly tracing?: Tracing | undefined;
  /** Where the lanes of all stations are, where one look shows it; left out: each station is asked. */
  readonly positions?: () => Promise<ReadonlyMap<string, LogPosition>>;
  /** Whether this process is the one to work a lane now; several processes share the lanes by it. */
  readonly isMine?: (lane: Lane) => boolean;
}

type Optional = 'tracing' | 'positions';

/** The net under lost wake-ups: the longest between two looks at the log, milliseconds. */
const POLL = 1_000;
/** Where something was just appended more is likely, and its wake-up may not come: whoever appends may not know of us yet. */
const LOOK_AGAIN = 20;
/** While a gap holds facts back the log is looked at often, and less often the longer it lasts: a share of that time. */
const HELD_BACK_REST = { shortest: 1, longest: 50, share: 1 / 8 };
const READ_FAILED_REST = 250;
const CAUGHT_UP_CHECK = 2;

/** Carries the facts of one log to every durable subscriber of this process. */
export class Relay {
  readonly #of: Required<Omit<RelayDependencies, Optional>> & Pick<RelayDependencies, Optional>;
  readonly #appended: Bell;
  readonly #rest: Bell;
  readonly #reader: SettledReader;
  #workers: readonly Worker[] = [];
  #feed: Feed | undefined;
  #server: ServerRun | undefined;

  constructor(dependencies: RelayDependencies) {
    this.#of = { timing: realTiming, settings: {}, observer: {}, isMine: () => true, ...dependencies };
    this.#appended = new Bell(this.#of.timing);
    this.#rest = new Bell(this.#of.timing);
    this.#reader = new SettledReader(this.#of.source, this.#of.timing);
  }

  get lanes(): readonly Worker[] {
    return this.#workers;
  }

  /** Through where the log is known to be settled. */
  get frontier(): LogPosition {
    return this.#reader.anchor;
  }

  /** Something was appended: look now rather than at the next poll. */
  wake(): void {
    this.#appended.ring();
  }

  /** An operator has changed something by hand: every lane looks again where it stands and what is parked. */
  reconsider(): void {
    for (const worker of this.#workers) worker.reconsider();
  }

  /** Whether the lanes of a context have handled everything up to a position, or will have within so many milliseconds. */
  async caughtUp(context: string, position: number, patience: number): Promise<boolean> {
    const deadline = this.#of.timing.now() + patience;
    const isBehind = ({ context: of, at }: Worker) => of === context && at.position < position;
    const areBehind = () => !this.#feed || this.#workers.some(isBehind);
    while (areBehind() && this.#of.timing.now() < deadline) await this.#rest.wait(CAUGHT_UP_CHECK);
    return !areBehind();
  }

  /** Looks how far other processes have brought the lanes, so that this one knows which stand still. */
  async lookAround(): Promise<void> {
    const all = await (this.#of.positions?.() ?? this.#askStations());
    for (const worker of this.#workers) {
      const at = all.get(worker.lane.id);
      if (at) worker.heardOf(at);
    }
  }

  async #askStations(): Promise<ReadonlyMap<string, LogPosition>> {
    const positions = await Promise.all(this.#of.stations.map((station) => station.positions()));
    return new Map(positions.flatMap((some) => [...some]));
  }

  /** Delivers everything that is there, then returns. For tests and tools; parked events that are not yet due stay. */
  async relayOnce(): Promise<void> {
    const feed = await this.#open();
    for (;;) {
      const hasRead = await this.#readPage(feed).catch(() => this.#readAnew(feed));
      const hasWorked = await this.#workAllOnce();
      if (!hasRead && !hasWorked && !this.#reader.isHeldBack) return;
    }
  }

  /**
   * Delivers until the signal is aborted; batches in flight are finished first.
   * @throws {LogMoved} when the log is not the one it was: delivery has stopped
   */
  async run(signal: AbortSignal): Promise<void> {
    const failed = new AbortController();
    const until = AbortSignal.any([signal, failed.signal]);
    until.addEventListener('abort', () => this.#retireBells(), { once: true });
    try {
      const feed = await this.#openAtLast(until);
      if (!feed) return;
      await Promise.all([this.#read(feed, until), ...this.#workers.map((worker) => this.#work(worker, until))]);
    } catch (error) {
      this.#of.observer.stopped?.({ error });
      throw error;
    } finally {
      failed.abort();
    }
  }

  async #openAtLast(until: AbortSignal): Promise<Feed | undefined> {
    while (!until.aborted) {
      try {
        return await this.#open();
      } catch (error) {
        await this.#restAfter(error);
      }
    }
    return undefined;
  }

  /** Finds where every lane stands and begins reading where the foremost one is; those behind read the log themselves. */
  async #open(): Promise<Feed> {
    if (this.#feed) return this.#feed;
    const { source, stations, bus, timing } = this.#of;
    // Known before it says where the lanes stand: when another server answers, they are asked again.
    await source.floor();
    this.#server = source.server;
    const enlisted = await Promise.all(stations.map((station) => station.enlist(this.#startOf)));
    this.#reader.startAt(foremost(enlisted.flat()));
    const feed = new Feed(bus, timing, this.#reader.anchor);
    this.#workers = stations.flatMap((station, at) => station.hire(enlisted[at]!, this.#supplies(feed)));
    this.#feed = feed;
    return feed;
  }

  readonly #startOf: StartOf = async ({ startAt }) =>
    startAt === 'now' ? this.#reader.findEnd() : { position: await this.#of.source.floor(), eventId: null };

  #supplies(feed: Feed): WorkerSupplies {
    const { readBehind, codec, timing, observer, tracing, isMine } = this.#of;
    const settings = { ...DEFAULT_LANE_SETTINGS, ...this.#of.settings };
    const frontier = () => feed.frontier;
    return {
      readBehind,
      codec,
      timing,
      observer,
      tracing,
      isMine,
      settings,
      frontier,
      startOf: this.#startOf,
      tapOf: (types) => feed.tap(types),
    };
  }

  async #read(feed: Feed, until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      try {
        const hasRead = await this.#readPage(feed);
        if (hasRead && feed.isTapped) await feed.hunger.wait(POLL);
        if (this.#reader.isAtEnd) await this.#appended.wait(hasRead ? LOOK_AGAIN : POLL);
        else if (!hasRead) await this.#appended.wait(this.#heldBackRest);
      } catch (error) {
        this.#reader.forgetProofs();
        await this.#restAfter(error);
      }
    }
  }

  get #heldBackRest(): number {
    const { shortest, longest, share } = HELD_BACK_REST;
    return Math.min(longest, Math.max(shortest, this.#reader.heldBackFor * share));
  }

  async #readPage(feed: Feed): Promise<boolean> {
    const page = await this.#reader.next();
    this.#meet(this.#of.source.server);
    if (page) feed.push(page);
    return page !== undefined;
  }

  /** The log may be the same, and the ledgers not: what was committed last may be gone with the server that was there before. */
  #meet(server: ServerRun): void {
    if (this.#server !== server) this.reconsider();
    this.#server = server;
  }

  /** The connection may have been lost since the last time, and what it had proved is forgotten. */
  async #readAnew(feed: Feed): Promise<boolean> {
    this.#reader.forgetProofs();
    return this.#readPage(feed);
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

  #retireBells(): void {
    const bells = [this.#appended, this.#rest, this.#feed?.hunger, ...this.#workers.map(({ bell }) => bell)];
    for (const bell of bells) bell?.retire();
  }

  async #restAfter(error: unknown): Promise<void> {
    if (error instanceof LogMoved) throw error;
    this.#of.observer.disturbed?.({ error });
    await this.#rest.wait(READ_FAILED_REST);
  }
}

function foremost(lanes: readonly EnlistedLane[]): LogPosition {
  return lanes.map(({ standing }) => standing.at).reduce((a, b) => (a.position >= b.position ? a : b), BEGINNING);
}
