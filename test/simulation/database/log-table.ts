import type { EventDraft, RecordedEvent } from '#events/messaging/log/log';
import { dateAt } from '../world/machine.ts';

/** The log's table: positions are drawn by a sequence that never goes back, rows are seen once they are committed. */
export class LogTable {
  /** Committed rows in the order of their positions. */
  readonly rows: RecordedEvent[] = [];
  /** Transactions that hold the lock of an appender. */
  readonly appenders = new Set<number>();
  #last = 0;

  /** The last position that was drawn. */
  get drawn(): number {
    return this.#last;
  }

  draw(draft: EventDraft, now: number): RecordedEvent {
    this.#last += 1;
    return { ...draft, position: this.#last, recordedAt: dateAt(now) };
  }

  /** Positions that nobody will ever fill. */
  skip(positions: number): void {
    this.#last += positions;
  }

  reveal(row: RecordedEvent): void {
    this.rows.splice(this.indexAfter(row.position), 0, row);
  }

  get end(): RecordedEvent | undefined {
    return this.rows.at(-1);
  }

  /** Where the first row beyond a position stands. */
  indexAfter(position: number): number {
    let [low, high] = [0, this.rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.rows[middle]!.position <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
