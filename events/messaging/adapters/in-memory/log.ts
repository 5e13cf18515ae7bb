import type { Slice } from '../../log/feed.ts';
import {
  BEGINNING,
  LARGEST_OWN_PAGE,
  type AppenderSighting,
  type EventDraft,
  type LogPosition,
  type LogSource,
  moved,
  positionOf,
  type RecordedEvent,
} from '../../log/log.ts';

/** Memory ends with its process: there is never another. */
export const MEMORY = 'memory';

/** A log in memory. Appending is atomic, so it has no gaps, unless a test asks for them. */
export class InMemoryLog implements LogSource {
  readonly server = MEMORY;
  readonly #rows: RecordedEvent[] = [];
  readonly #now: () => Date;
  readonly #listeners: (() => void)[] = [];
  #last = 0;

  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  get drawn(): number {
    return this.#last;
  }

  append(drafts: readonly EventDraft[]): void {
    for (const draft of drafts) {
      this.#last += 1;
      this.#rows.push({ ...draft, position: this.#last, recordedAt: this.#now() });
    }
    if (drafts.length > 0) for (const listener of this.#listeners) listener();
  }

  onAppended(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** A position that was drawn and rolled back. */
  skip(): void {
    this.#last += 1;
  }

  all(): readonly RecordedEvent[] {
    return this.#rows;
  }

  async rows(from: number, span: number): Promise<RecordedEvent[]> {
    const start = this.#indexOf(from);
    const near = this.#rows.slice(start, start + span + 1).filter((row) => row.position <= from + span);
    const isOnlyTheAnchor = near.every((row) => row.position === from);
    const next = this.#rows[start + near.length];
    return isOnlyTheAnchor && next ? [...near, next] : near;
  }

  async floor(): Promise<number> {
    return 0;
  }

  async lastBefore(position: number): Promise<LogPosition> {
    const last = this.#rows[this.#indexOf(position) - 1];
    return last ? positionOf(last) : BEGINNING;
  }

  async sightAppenders(): Promise<AppenderSighting> {
    const last = this.#rows.at(-1);
    return { highest: last ? positionOf(last) : BEGINNING, appenders: new Set() };
  }

  async readBehind(types: readonly string[], after: LogPosition, through: LogPosition): Promise<Slice> {
    const start = this.#indexOf(after.position);
    if (after.eventId !== null && this.#rows[start]?.id !== after.eventId) throw moved(after);
    const rows = this.#rows
      .slice(start, start + LARGEST_OWN_PAGE)
      .filter(({ position }) => position > after.position && position <= through.position);
    const last = rows.at(-1);
    const to = last ? positionOf(last) : through;
    return { to, events: rows.filter((row) => types.includes(row.type)), server: MEMORY };
  }

  #indexOf(position: number): number {
    let [low, high] = [0, this.#rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#rows[middle]!.position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
