import { Bell } from '../bell.ts';
import type { Bus } from './bus.ts';
import { Feed } from './feed.ts';
import { BEGINNING, type LogPosition, type LogSource, type ServerRun } from './log.ts';
import { SettledReader } from './settled-reader.ts';
import type { Timing } from '../timing.ts';

export interface LogPumpDependencies {
  readonly source: LogSource;
  readonly bus: Bus;
  readonly timing: Timing;
  /** Another server answers now: what was committed last on the one before may be gone. */
  readonly onNewServer: () => void;
  /** Tells of a read that failed, and rests. Whatever it was, the log is read on. */
  readonly restAfter: (error: unknown) => Promise<void>;
}

/** The longest between two looks at the log, milliseconds: the net where nothing wakes us, and a sign of life. */
const POLL = 2_000;
/** For so long at most, milliseconds, the next page waits for lanes that have one in hand. */
const LONGEST_IN_HAND = 10;
/** Where something was just appended more is likely, and for so long its wake-up may not come: others do not know of us yet. */
const LOOK_AGAIN = { after: 20, unknownFor: 2_000 };
/** While a gap holds facts back the log is looked at often, and less often the longer it lasts: a share of that time. */
const HELD_BACK_REST = { shortest: 1, longest: 50, share: 1 / 8 };

/** Reads what settles in one log, page by page, into the feed that all lanes share. */
export class LogPump {
  readonly #of: LogPumpDependencies;
  readonly #reader: SettledReader;
  readonly #appended: Bell;
  readonly #retiring = new AbortController();
  readonly feed: Feed;
  #server: ServerRun | undefined;
  #knownFrom = 0;

  constructor(dependencies: LogPumpDependencies) {
    const { source, bus, timing } = dependencies;
    this.#of = dependencies;
    this.#reader = new SettledReader(source, timing);
    this.#appended = new Bell(timing);
    this.feed = new Feed(bus, timing, BEGINNING);
  }

  /** Through where the log is known to be settled. */
  get frontier(): LogPosition {
    return this.#reader.anchor;
  }

  /** True while a gap holds back facts that are already there. */
  get isHeldBack(): boolean {
    return this.#reader.isHeldBack;
  }

  /** Begins after a row that is known to be settled, on the server that answers now. */
  startAt(anchor: LogPosition, server: ServerRun): void {
    this.#server = server;
    this.#reader.startAt(anchor);
    this.feed.restartAt(anchor);
  }

  /** The end of what is settled now. @throws {DOMException} when it retires before that is known */
  async findEnd(): Promise<LogPosition> {
    return this.#reader.findEnd(this.#retiring.signal);
  }

  /** Something was appended: look now rather than at the next poll. */
  wake(): void {
    this.#appended.ring();
  }

  retire(): void {
    this.#retiring.abort();
    this.#appended.retire();
    this.feed.hunger.retire();
    this.feed.relief.retire();
  }

  async run(until: AbortSignal): Promise<void> {
    this.#beUnknown();
    while (!until.aborted) {
      try {
        const hasRead = await this.#readPage();
        if (hasRead && this.feed.isTapped) await this.#letLanesWork(until);
        if (this.#reader.isAtEnd) await this.#appended.wait(hasRead && this.#isUnknown ? LOOK_AGAIN.after : POLL);
        else if (!hasRead) await this.#appended.wait(this.#heldBackRest);
      } catch (error) {
        this.#reader.forgetProofs();
        await this.#of.restAfter(error);
        this.#beUnknown();
      }
    }
  }

  /** Reads one page, at the second try where the first fails: the connection may have been lost since the last time. */
  async readPage(): Promise<boolean> {
    return this.#readPage().catch(() => {
      this.#reader.forgetProofs();
      return this.#readPage();
    });
  }

  /**
   * While little comes at a time, more has come together once the lanes have handled what they have: each batch costs the same.
   * While much does, no lane is to fall behind the pages that all share.
   */
  async #letLanesWork(until: AbortSignal): Promise<void> {
    const { timing } = this.#of;
    await this.feed.hunger.wait(POLL);
    const end = timing.now() + LONGEST_IN_HAND;
    for (let left = LONGEST_IN_HAND; left > 0 && this.feed.isInHand && !until.aborted; left = end - timing.now())
      await this.feed.relief.wait(left);
  }

  #beUnknown(): void {
    this.#knownFrom = this.#of.timing.now() + LOOK_AGAIN.unknownFor;
  }

  get #isUnknown(): boolean {
    return this.#of.timing.now() < this.#knownFrom;
  }

  get #heldBackRest(): number {
    const { shortest, longest, share } = HELD_BACK_REST;
    return Math.min(longest, Math.max(shortest, this.#reader.heldBackFor * share));
  }

  async #readPage(): Promise<boolean> {
    const page = await this.#reader.next();
    this.#meet(this.#of.source.server);
    if (page) this.feed.push(page);
    return page !== undefined;
  }

  /** The log may be the same, and the ledgers not: what was committed last may be gone with the server that was there before. */
  #meet(server: ServerRun): void {
    if (this.#server !== server) this.#of.onNewServer();
    this.#server = server;
  }
}
