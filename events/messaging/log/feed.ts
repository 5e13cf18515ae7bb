import type { Bus } from './bus.ts';
import { LARGEST_PAGE, type LogPosition, type Page, type RecordedEvent, type ServerRun } from './log.ts';
import { Bell } from '../bell.ts';
import type { Timing } from '../timing.ts';

/**
 * Events kept for lanes that are a little behind. A lane further behind reads the log itself until it has caught up. A page
 * that all have passed, or left to others, is let go at once: what is kept for long costs the collector most.
 */
const EVENTS_KEPT = 16_000;
/** Behind a page of so many more is likely, and worth reading ahead. Behind a smaller one more comes together meanwhile. */
const LARGE = 200;

/**
 * A page, or several, as one lane sees them: only the events it asked for, up to where the last one ends. Pages are small while
 * little is appended at a time: a lane that has fallen behind them takes several at once, up to as many events as a large one has.
 */
export interface Slice {
  readonly to: LogPosition;
  readonly events: readonly RecordedEvent[];
  /** Who it was read from; nobody where nothing had to be read. */
  readonly server: ServerRun | undefined;
}

/** Told of a page without events for a lane; true when the lane waits at its beginning, and so is at its end now. */
export type PassOver = (page: Pick<Page, 'after' | 'to'>) => boolean;

/** One lane's tap on the feed. */
export interface Tap {
  /** Has the lane told of pages that hold nothing for it, rather than woken. */
  onNothing(passOver: PassOver): void;
  /** What follows `position`; nothing when it is the frontier, `behind` when that was not kept: the lane reads it itself. */
  after(position: number): Slice | 'behind' | undefined;
  /** Whether an event for the lane was read that stands past a position. */
  hasMoreAfter(position: number): boolean;
  /** Rings when there is more than there was. */
  readonly bell: Bell;
  /** The lane leaves to others what there is: no page is kept for it until it asks for what follows. */
  leave(): void;
  /** What was read until now is of no use to the lane any more: it reads the log itself instead. */
  forget(): void;
}

/** What the feed knows of a tap. */
interface Tapping {
  /** Of pages that begin before it nothing was kept for the tap. */
  since: number;
  readonly types: readonly string[];
  /** From here on every event for it was noted, also where it was not kept. */
  notedFrom: number;
  /** Where the last one that was noted stands; 0 where there was none. */
  last: number;
  /** What lies before it is of no use to the lane any more. */
  at: number;
  /** What there is for it is others' to handle. */
  hasLeft: boolean;
  readonly bell: Bell;
  passOver: PassOver;
}

interface SharedPage extends Page {
  readonly slices: Map<Tapping, RecordedEvent[]>;
}

/** The settled end of one log, read once per process and shared by all lanes. */
export class Feed {
  readonly #bus: Bus;
  readonly #pages: SharedPage[] = [];
  readonly #taps = new Set<Tapping>();
  readonly #timing: Timing;
  /** Rings when some lane has taken the last page, where that was large, or has come to its end: another is worth reading. */
  readonly hunger: Bell;
  /** Rings when some lane is done with what it had in hand. */
  readonly relief: Bell;
  #frontier: LogPosition;
  #kept = 0;

  constructor(bus: Bus, timing: Timing, start: LogPosition) {
    this.#bus = bus;
    this.#timing = timing;
    this.hunger = new Bell(timing);
    this.relief = new Bell(timing);
    this.#frontier = start;
  }

  get frontier(): LogPosition {
    return this.#frontier;
  }

  /** Shares a page: every listener on the bus hears its events, every tap finds its own among them. */
  push(page: Page): void {
    const slices: SharedPage['slices'] = new Map();
    this.#pages.push({ ...page, slices });
    this.#kept += page.events.length;
    while (this.#kept > EVENTS_KEPT && this.#pages.length > 1) this.#letGo();
    for (const event of page.events) this.#bus.emit(event);
    this.#frontier = page.to;
    for (const tap of this.#taps) {
      if (tap.last <= page.after.position && tap.passOver(page)) this.#passOver(tap, page);
      else tap.bell.ring();
    }
  }

  /** What was read before is of no use to anybody: goes on after another place. */
  restartAt(anchor: LogPosition): void {
    this.#pages.length = 0;
    this.#kept = 0;
    this.#frontier = anchor;
    for (const tap of this.#taps) {
      tap.since = anchor.position;
      tap.notedFrom = anchor.position;
      tap.last = 0;
      tap.at = anchor.position;
      tap.bell.ring();
    }
  }

  /** Whether anybody waits for events here. */
  get isTapped(): boolean {
    return this.#taps.size > 0;
  }

  /** Whether another page had better wait until a lane is done with one that it has in hand. */
  get isInHand(): boolean {
    return this.#isSmallPageInHand || this.#isOldestPageInHand;
  }

  /** Whether anybody but lanes listens to a type. */
  isHeardLive(type: string): boolean {
    const taps = this.#taps.values().filter((tap) => tap.types.includes(type));
    return this.#bus.listenersTo(type) > [...taps].length;
  }

  tap(types: readonly string[]): Tap {
    const since = this.#frontier.position;
    const bell = new Bell(this.#timing);
    const tap: Tapping = {
      since,
      types,
      notedFrom: since,
      last: 0,
      at: since,
      hasLeft: false,
      bell,
      passOver: () => false,
    };
    this.#bus.on(types, (event) => this.#collect(tap, event));
    this.#taps.add(tap);
    return {
      onNothing: (passOver) => {
        tap.passOver = passOver;
      },
      after: (position) => this.#sliceAfter(tap, position),
      hasMoreAfter: (position) => position < tap.last,
      bell,
      leave: () => {
        tap.hasLeft = true;
        this.#letGoOfPassed();
        if (this.#pages.length === 0) this.hunger.ring();
      },
      forget: () => {
        tap.since = this.#frontier.position;
        tap.notedFrom = this.#frontier.position;
        tap.last = 0;
      },
    };
  }

  /** More comes together while lanes that keep up are at work. */
  get #isSmallPageInHand(): boolean {
    const last = this.#pages.at(-1);
    return last !== undefined && last.events.length < LARGE && this.#isAtWorkOn(last);
  }

  /** A lane whose page is pushed out has to read for itself, which costs more than a short wait for it. */
  get #isOldestPageInHand(): boolean {
    const [oldest] = this.#pages;
    return oldest !== undefined && this.#kept + LARGEST_PAGE > EVENTS_KEPT && this.#isAtWorkOn(oldest);
  }

  #isAtWorkOn({ after, to }: Page): boolean {
    const isAtIt = ({ at, hasLeft }: Tapping) => !hasLeft && at >= after.position && at < to.position;
    return this.#taps.values().some(isAtIt);
  }

  #collect(tap: Tapping, event: RecordedEvent): void {
    tap.last = event.position;
    if (tap.hasLeft) return;
    const { slices } = this.#pages.at(-1)!;
    const slice = slices.get(tap);
    if (slice) slice.push(event);
    else slices.set(tap, [event]);
  }

  #sliceAfter(tap: Tapping, position: number): Slice | 'behind' | undefined {
    this.#comeTo(tap, position);
    if (position >= this.#frontier.position) {
      this.hunger.ring();
      return undefined;
    }
    if (position >= Math.max(tap.last, tap.notedFrom)) return { to: this.#frontier, events: [], server: undefined };
    const first = this.#pages.findLastIndex(({ after }) => after.position <= position);
    const page = this.#pages[first];
    if (!page || page.after.position < tap.since) return 'behind';
    return this.#joined(tap, first, eventsAfter(position, page.slices.get(tap) ?? []));
  }

  #joined(tap: Tapping, first: number, rest: readonly RecordedEvent[]): Slice {
    const { server } = this.#pages[first]!;
    const events = [...rest];
    let last = first;
    for (const { slices, server: other } of this.#pages.slice(first + 1)) {
      const more = slices.get(tap) ?? [];
      if (other !== server || events.length + more.length > LARGEST_PAGE) break;
      events.push(...more);
      last += 1;
    }
    if (last === this.#pages.length - 1 && this.#pages[last]!.events.length >= LARGE) this.hunger.ring();
    return { to: this.#pages[last]!.to, events, server };
  }

  #passOver(tap: Tapping, { to }: Page): void {
    this.#comeTo(tap, to.position);
    this.hunger.ring();
  }

  #comeTo(tap: Tapping, position: number): void {
    tap.at = position;
    if (tap.hasLeft) tap.since = this.#frontier.position;
    tap.hasLeft = false;
    this.#letGoOfPassed();
  }

  #letGoOfPassed(): void {
    this.relief.ring();
    const isPassed = ({ to }: Page) => this.#taps.values().every(({ at, hasLeft }) => hasLeft || at >= to.position);
    while (this.#pages[0] && isPassed(this.#pages[0])) this.#letGo();
  }

  #letGo(): void {
    this.#kept -= this.#pages.shift()!.events.length;
  }
}

/** The rest of a slice, which is in order. */
export function eventsAfter(position: number, slice: readonly RecordedEvent[]): readonly RecordedEvent[] {
  const from = slice.findIndex((event) => event.position > position);
  return from === -1 ? [] : slice.slice(from);
}
