import type { PassOver } from '../log/feed.ts';
import type { Stride } from './lane-storage.ts';
import { BEGINNING, isSame, type LogPosition, type ServerRun } from '../log/log.ts';

/** Where a lane stands, as one worker knows it. */
export class LanePlace {
  #written: LogPosition = BEGINNING;
  #seen: LogPosition = BEGINNING;
  #heard: LogPosition | undefined;
  #clearOn: ServerRun | undefined;

  /** As the ledger says, as far as this worker knows. */
  get written(): LogPosition {
    return this.#written;
  }

  /** What may be taken for granted: nothing, unless this worker has moved the lane here and found it clear. */
  get stride(): Stride | undefined {
    return this.#clearOn === undefined ? undefined : { at: this.#written, server: this.#clearOn };
  }

  /** Through where nothing is left to handle; the ledger hears of it with the next batch. */
  get seen(): LogPosition {
    return this.#seen;
  }

  /** Positions that the ledger has not heard of. */
  get unwritten(): number {
    return this.#seen.position - this.#written.position;
  }

  /** Through where everything is handled, by whomever. */
  get furthest(): LogPosition {
    return this.#heard && this.#heard.position > this.#seen.position ? this.#heard : this.#seen;
  }

  /** Another process was seen to have brought the lane this far. */
  hear(at: LogPosition): void {
    this.#heard = at;
  }

  /** Goes by what was heard; whether that was news. */
  heed(): boolean {
    const heard = this.#heard;
    this.#heard = undefined;
    if (!heard || heard.position <= this.#written.position) return false;
    this.moveTo(heard);
    return true;
  }

  /** Passes a page that holds nothing for the lane, from its beginning on; false when the lane is not there. */
  passOver({ after, to }: Parameters<PassOver>[0]): boolean {
    if (this.#heard || !isSame(this.#seen, after)) return false;
    this.#seen = to;
    return true;
  }

  /** There is nothing to handle up to here. */
  see(to: LogPosition): void {
    this.#seen = to;
  }

  /** The ledger says so; `clearOn` names the server whose lane was found clear on the way. */
  moveTo(at: LogPosition, clearOn?: ServerRun): void {
    this.#written = at;
    this.#seen = at;
    this.#clearOn = clearOn;
  }

  /** Something may have changed: the next batch looks. */
  breakStride(): void {
    this.#clearOn = undefined;
  }

  /** The ledger says so, and what was heard before is forgotten. */
  startAt(at: LogPosition): void {
    this.#heard = undefined;
    this.moveTo(at);
  }
}
