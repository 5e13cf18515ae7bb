import {
  BEGINNING,
  LARGEST_PAGE,
  type LogPosition,
  type LogSource,
  moved,
  positionOf,
  type Page,
  type RecordedEvent,
  type ServerRun,
} from './log.ts';
import type { Timing } from '../timing.ts';

/** A younger gap is most often an appender between its insert and its commit; asking about it would cost more than waiting. */
const PROBE_GAPS_AFTER_MS = 3;

/**
 * While one appender holds a gap for long, others come and go, and every look could leave another mark. A mark is a proof by
 * itself, so any may be missing. Whoever is still there was seen by each look since it came: an earlier mark never waits for more
 * than a later one. So where there are many, a new one takes the place of the last, which none before it outlasts: what lies
 * between the two is settled a little later, and those before it are never put off.
 */
const MOST_MARKS = 64;

/** Appenders seen at work when `highest` was already visible: once they are gone, nothing new can appear up to it. */
interface Mark {
  readonly highest: number;
  readonly awaited: Set<string>;
}

/**
 * Reads a log without ever passing a position that may still be filled.
 *
 * An appender locks the log's table before it draws its position and holds the lock until it has ended. So: see the highest
 * visible position, then ask who holds that lock. When all of those are gone, gaps up to that position that a later read
 * still shows are rollbacks.
 */
export class SettledReader {
  readonly #source: LogSource;
  readonly #timing: Timing;
  #anchor: LogPosition = BEGINNING;
  #settledThrough = 0;
  #marks: Mark[] = [];
  #gap: { readonly at: number; readonly since: number } | undefined;
  #isAtEnd = false;
  #server: ServerRun | undefined;

  constructor(source: LogSource, timing: Timing) {
    this.#source = source;
    this.#timing = timing;
  }

  /** Begins after a row that is known to be settled. */
  startAt(anchor: LogPosition): void {
    this.#anchor = anchor;
    this.forgetProofs();
  }

  get anchor(): LogPosition {
    return this.#anchor;
  }

  /** True when the last read saw nothing beyond what it gave: another pays only once something was appended. */
  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  /** True while a gap holds back rows that are already there. */
  get isHeldBack(): boolean {
    return this.#gap !== undefined;
  }

  /** For how long it has, milliseconds. */
  get heldBackFor(): number {
    return this.#gap ? this.#timing.now() - this.#gap.since : 0;
  }

  /**
   * The next run of settled rows, or nothing when there is none yet.
   * @throws {LogMoved} when the row last handled is not where it was
   */
  async next(): Promise<Page | undefined> {
    const after = this.#anchor;
    const rows = this.#pastAnchor(await this.#source.rows(after.position, LARGEST_PAGE));
    const { server, drawn } = this.#source;
    this.#meet(server);
    const settled = rows.slice(0, this.#countSettled(rows));
    await this.#attendToGap(rows[settled.length]);
    const last = settled.at(-1);
    const sawAllThatWasDrawn = drawn <= after.position + LARGEST_PAGE;
    this.#isAtEnd = settled.length === rows.length && (rows.length === 0 || sawAllThatWasDrawn);
    if (!last) return undefined;
    this.#anchor = positionOf(last);
    return { after, to: this.#anchor, events: settled, server };
  }

  /**
   * The end of what is settled now: where a subscriber that begins "now" begins. Waits for the appenders at work, one of which may
   * never end: a prepared transaction. @throws the signal's reason when that is aborted meanwhile
   */
  async findEnd(until: AbortSignal): Promise<LogPosition> {
    const { highest, appenders } = await this.#source.sightAppenders();
    const awaited = new Set(appenders);
    while (awaited.size > 0) {
      until.throwIfAborted();
      await new Promise<void>((resolve) => this.#timing.after(PROBE_GAPS_AFTER_MS, resolve));
      const { appenders: still } = await this.#source.sightAppenders();
      for (const gone of awaited) if (!still.has(gone)) awaited.delete(gone);
    }
    return highest;
  }

  /** What one connection has proved is worth nothing on the next. */
  forgetProofs(): void {
    this.#settledThrough = 0;
    this.#marks = [];
    this.#gap = undefined;
  }

  /** Who waits for an appender of one server learns nothing about another's. */
  #meet(server: ServerRun): void {
    if (server !== this.#server) this.forgetProofs();
    this.#server = server;
  }

  #pastAnchor(rows: readonly RecordedEvent[]): readonly RecordedEvent[] {
    const { position, eventId } = this.#anchor;
    if (eventId === null) return rows.filter((row) => row.position > position);
    const [first, ...rest] = rows;
    if (first?.position === position && first.id === eventId) return rest;
    throw moved(this.#anchor);
  }

  #countSettled(rows: readonly RecordedEvent[]): number {
    let expected = this.#anchor.position + 1;
    const stop = rows.findIndex(({ position }) => {
      const isGap = position > expected && position - 1 > this.#settledThrough;
      expected = position + 1;
      return isGap;
    });
    return stop === -1 ? rows.length : stop;
  }

  async #attendToGap(blocked: RecordedEvent | undefined): Promise<void> {
    if (!blocked) this.#gap = undefined;
    else if (this.#gap?.at !== blocked.position) this.#gap = { at: blocked.position, since: this.#timing.now() };
    else if (this.#timing.now() - this.#gap.since >= PROBE_GAPS_AFTER_MS) await this.#probe();
  }

  async #probe(): Promise<void> {
    const { highest, appenders } = await this.#source.sightAppenders();
    if (highest.position > (this.#marks.at(-1)?.highest ?? 0)) this.#mark(highest.position, appenders);
    for (const { awaited } of this.#marks) for (const gone of awaited) if (!appenders.has(gone)) awaited.delete(gone);
    for (const mark of this.#marks) if (mark.awaited.size === 0) this.#settle(mark.highest);
    this.#marks = this.#marks.filter((mark) => mark.highest > this.#settledThrough);
  }

  #mark(highest: number, appenders: ReadonlySet<string>): void {
    if (this.#marks.length === MOST_MARKS) this.#marks.pop();
    this.#marks.push({ highest, awaited: new Set(appenders) });
  }

  #settle(through: number): void {
    this.#settledThrough = Math.max(this.#settledThrough, through);
  }
}
